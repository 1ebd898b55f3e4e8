"""Nets that have nothing in common take no longer than others."""

from __future__ import annotations

import netcompiler

SQUEEZE = """
block se(r) { adaptive_avgpool(1) -> conv(in.channels // r, 1) -> relu -> conv(in.channels, 1) -> sigmoid
  multiply(in, broadcast=true) }
block unit(w, stride=1) {
  residual { conv(w, 3, stride=stride, padding=1) -> batchnorm -> relu -> conv(w, 3, padding=1) -> se(4) }
  skip { if in.channels != w or stride != 1 { conv(w, 1, stride=stride) -> batchnorm } }
  relu
}
net a {
  input image [3, 64, 64]
  for w in [16, 32, 64, 128] { unit(w, stride=2) -> unit(w) * 3 }
  adaptive_avgpool(1) -> flatten -> linear(10)
}
"""

UNET = """
block twice(w) { { conv(w, 3, padding=1) -> batchnorm -> relu } * 2 }
block up(w, other) { conv_transpose(w, 2, stride=2) -> concat(other) -> twice(w) }
net b {
  input image [1, 64, 64]
  enc1: twice(16) -> maxpool(2)
  enc2: twice(32) -> maxpool(2)
  enc3: twice(64) -> maxpool(2)
  twice(128)
  up(64, enc3) -> up(32, enc2) -> up(16, enc1) -> conv(2, 1)
}
"""


def test_two_nets_without_likeness_are_compared_with_a_bounded_number_of_trials(monkeypatch) -> None:
    from netcompiler.comparison import align

    tried = 0
    opened = align._Aligner._opened

    def counted(self, first, second):
        nonlocal tried
        tried += 1
        yield from opened(self, first, second)

    monkeypatch.setattr(align._Aligner, "_opened", counted)
    difference = netcompiler.compare(netcompiler.loads(SQUEEZE), netcompiler.loads(UNET))
    assert not difference.equal
    assert tried < 2000
