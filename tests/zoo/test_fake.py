"""Made-up data: any number, size and classes, and always the same."""

from collections.abc import Callable

import numpy as np

from zoo.data.fake import Fake, FakeOptions


def test_it_is_what_the_options_say_and_always_the_same() -> None:
    options = FakeOptions(count=70, val_count=30, classes=12, size=9, channels=2)
    source = Fake(options)
    data, again = source.open(), Fake(options).open()
    assert (source.channels, source.native, len(source.classes)) == (2, 9, 12)
    assert (len(data.train.labels), len(data.val.labels)) == (70, 30)
    assert set(data.train.labels) <= set(range(12))
    box = (0, 0, 9, 9)
    pictures = [data.train.picture(i).part(box, 9) for i in range(70)]
    pictures += [data.val.picture(i).part(box, 9) for i in range(30)]
    assert {picture.shape for picture in pictures} == {(9, 9, 2)}
    assert len({picture.tobytes() for picture in pictures}) == 100, "no two are alike"
    assert np.array_equal(again.val.picture(7).part(box, 9), pictures[77])
    assert again.train.labels == data.train.labels
    other = Fake(FakeOptions(count=70, val_count=30, classes=12, size=9, channels=2, seed=1)).open()
    assert other.train.labels != data.train.labels


def test_its_statistics_are_those_of_its_pixels() -> None:
    data = Fake(FakeOptions(count=20, size=64)).open()
    pixels = np.stack([data.train.picture(i).part((0, 0, 64, 64), 64) for i in range(20)]) / 255
    assert np.allclose(pixels.mean(axis=(0, 1, 2)), data.mean, atol=0.01)
    assert np.allclose(pixels.std(axis=(0, 1, 2)), data.std, atol=0.01)


def test_a_net_trains_on_it(zoo: Callable) -> None:
    options = ("data.count=32", "data.val_count=16", "data.classes=5", "data.size=32", "trainer.epochs=1")
    ran = zoo("train", "model=resnet20", "data=fake", *options, "trainer.batch_size=16")
    assert ran.code == 0
    assert "32 training and 16 validation images" in ran.out
