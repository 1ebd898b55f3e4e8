autocmd BufRead,BufNewFile *.net setfiletype net
