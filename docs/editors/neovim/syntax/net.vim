" The colours of specs; written by docs/make_editors.py, do not edit.
if exists("b:current_syntax")
  finish
endif

syntax case match
syntax match netcConstant /\v<(true|false|none)>/
syntax match netcOperatorWord /\v<(not|or|and)>/
syntax match netcStatement /\v<(if|else|for|from|skip|residual|on|columns|in)>/
syntax match netcDeclaration /\v<(block|net|use|let|default|group|input|output)>/
syntax match netcStep /\v<(exchange|expect|gather|reuse)>/
syntax match netcOperation /\v<(adaptive_avgpool|adaptive_maxpool|add|alpha_dropout|attention|avgpool|batchnorm|celu|channel_dropout|channel_shuffle|clamp|class_token|concat|conv|conv_transpose|crop|cross_attention|dropout|elu|embedding|exp|flatten|frozen_batchnorm|gelu|glu|groupnorm|hardshrink|hardsigmoid|hardswish|hardtanh|identity|index_select|instancenorm|layernorm|leaky_relu|linear|log_softmax|logsigmoid|lrn|matmul|maximum|maxpool|mean|mish|multiply|narrow|normalize|pad|parameter|permute|pixel_shuffle|pixel_unshuffle|position_embedding|prelu|relative_coords_table|relative_position_index|relu|relu6|reshape|rmsnorm|roll|rrelu|scale|scaled_dot_product_attention|select|selu|shifted_window_mask|sigmoid|silu|softmax|softmin|softplus|softshrink|softsign|squeeze|stack|stochastic_depth|subtract|tanh|tanhshrink|threshold|times|transpose|unsqueeze|upsample|constant|dirac|kaiming_normal|kaiming_uniform|normal|ones|orthogonal|trunc_normal|uniform|xavier_normal|xavier_uniform|zeros)>/
syntax match netcFunction /\v<(abs|ceil|count|floor|len|log|max|min|round|sqrt|sum|unique)>\ze\s*\(/
syntax match netcDefined /\v(<(net|block)\s+)@<=\h\w*/
syntax match netcLabel /\v<\h\w*\ze\s*:/
syntax match netcArgument /\v<\h\w*\ze\s*\=(\=)@!/
syntax match netcNumber /\v<\d+(\.\d+)?([eE][+-]?\d+)?>/
syntax match netcArrow /->/
syntax region netcString start=/"/ skip=/\\./ end=/"/ oneline contains=netcInserted
syntax match netcInserted /{[^{}"]*}/ contained
syntax match netcComment /#.*$/ contains=netcDirective,@Spell
syntax match netcDirective /\v(#+\s*)@<=netc\s*:.*$/ contained

highlight default link netcComment Comment
highlight default link netcDirective SpecialComment
highlight default link netcConstant Boolean
highlight default link netcOperatorWord Operator
highlight default link netcStatement Conditional
highlight default link netcDeclaration Keyword
highlight default link netcStep Special
highlight default link netcOperation Function
highlight default link netcFunction Function
highlight default link netcDefined Type
highlight default link netcLabel Label
highlight default link netcArgument Identifier
highlight default link netcNumber Number
highlight default link netcString String
highlight default link netcInserted Special
highlight default link netcArrow Operator

let b:current_syntax = "net"
