"""Small nets in the styles of larger ones, as specs."""

GOOGLENET = """
# Going deeper with convolutions, small.
block cbr(width, kernel, stride=1, padding=0) {
  conv: conv(width, kernel, stride=stride, padding=padding, bias=false) -> bn: batchnorm -> relu
}
block inception(c1, c3r, c3, c5r, c5, pp) {
  concat {
    branch1: cbr(c1, 1)
    branch2: { cbr(c3r, 1) -> cbr(c3, 3, padding=1) }
    branch3: { cbr(c5r, 1) -> cbr(c5, 3, padding=1) }
    branch4: { maxpool(3, stride=1, padding=1) -> cbr(pp, 1) }
  }
}
net googlenet(classes=10) {
  input image [3, 32, 32]
  conv1: cbr(16, 7, stride=2, padding=3)
  inception3a: inception(8, 12, 16, 4, 4, 4)
  inception3b: inception(16, 16, 24, 4, 12, 8)
  aux: {
    adaptive_avgpool(4) -> conv: cbr(8, 1) -> flatten
    fc1: linear(16) -> relu -> dropout(0.7) -> fc2: linear(classes)
  }
  output aux if training
  from inception3b -> inception4a: inception(16, 16, 24, 4, 12, 8)
  adaptive_avgpool(1) -> flatten -> dropout(0.2)
  fc: linear(classes)
  output fc
}
"""

UNET = """
block double(width) {
  conv(width, 3, padding=1, bias=false) -> batchnorm -> relu
  conv(width, 3, padding=1, bias=false) -> batchnorm -> relu
}
block up(width, other) { up: conv_transpose(width, 2, stride=2) -> concat(other) -> conv: double(width) }
net unet(classes=2, base=4) {
  input image [1, 16, 16]
  inc: double(base)
  maxpool(2) -> down1: double(2 * base)
  maxpool(2) -> down2: double(4 * base)
  up1: up(2 * base, down1)
  up2: up(base, inc)
  outc: conv(classes, 1)
}
"""

VIT = """
default linear(init=xavier_uniform, bias_init=0.25)
block mlp(width) { linear(width) -> gelu -> dropout(0.1) -> linear(in.features) -> dropout(0.1) }
block encoder(heads, width) {
  residual { ln_1: layernorm(eps=1e-6) -> self_attention: attention(heads, init=0.5) -> dropout(0.1) }
  residual { ln_2: layernorm(eps=1e-6) -> mlp: mlp(width) }
}
net vit(classes=10, depth=2) {
  input image [3, 16, 16]
  conv_proj: conv(8, 4, stride=4) -> flatten(2) -> permute([0, 2, 1])
  class_token: class_token
  pos: position_embedding
  layers: { encoder(4, 96) * depth }
  ln: layernorm(eps=1e-6) -> select(1, 0)
  head: linear(classes, init=0, bias_init=0)
}
"""

MOBILENET = """
block cbr(width, kernel=3, stride=1, groups=1) {
  conv(width, kernel, stride=stride, padding=(kernel - 1) // 2, groups=groups, bias=false)
  batchnorm -> relu6
}
block body(hidden, width, stride, expand) {
  if expand != 1 { cbr(hidden, kernel=1) }
  cbr(hidden, stride=stride, groups=hidden)
  conv(width, 1, bias=false) -> batchnorm
}
block inverted(width, stride, expand) {
  let hidden = channels * expand
  if stride == 1 and channels == width { residual { conv: body(hidden, width, stride, expand) } }
  else { conv: body(hidden, width, stride, expand) }
}
net mobilenet(classes=10) {
  input image [3, 32, 32]
  features: {
    cbr(8, stride=2)
    inverted(4, 1, 1)
    inverted(6, 2, 6) -> inverted(6, 1, 6)
    inverted(8, 2, 6) -> inverted(8, 1, 6) * 3
    cbr(32, kernel=1)
  }
  adaptive_avgpool(1) -> flatten
  classifier: { dropout(0.2) -> linear(classes) }
}
"""

DENSENET = """
block dense(growth) {
  concat {
    identity
    { norm1: batchnorm -> relu -> conv1: conv(4 * growth, 1, bias=false) -> norm2: batchnorm -> relu
      conv2: conv(growth, 3, padding=1, bias=false) }
  }
}
block transition { norm: batchnorm -> relu -> conv: conv(channels // 2, 1, bias=false) -> pool: avgpool(2) }
net densenet(classes=10) {
  input image [3, 16, 16]
  features: {
    conv0: conv(8, 3, padding=1)
    denseblock1: { for i in 1..4 { "denselayer{i}": dense(4) } }
    transition1: transition
    denseblock2: { for i in 1..4 { "denselayer{i}": dense(4) } }
    transition2: transition
    norm5: batchnorm
  }
  relu -> adaptive_avgpool(1) -> flatten
  classifier: linear(classes)
}
"""
