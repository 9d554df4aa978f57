"""What the checks find in a labelled sample, and the commands that measure and train. docs/screening.md has the numbers."""

import json

import pytest
from django.core.management import CommandError, call_command

from comments.screening import model, samples, training

# On the sample that the model has seen: what a change must not break. Cross-validated it is a little less.
AIMS = {
    "medical_advice": (0.95, 0.95),
    "emergency": (0.90, 0.95),
    "abuse": (0.95, 0.95),
    "spam": (0.95, 0.95),
    "personal_data": (0.95, 0.98),
}


def lines(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def measured(shared, tmp_path):
    """The numbers that the command writes for the shared sample."""
    call_command("measure_screening", shared("moderation_dev.jsonl"), json=tmp_path / "out.json")
    return json.loads((tmp_path / "out.json").read_text())


def test_the_aims_are_met_with_a_margin(measured):
    assert set(measured) == {"labels", "fine_held"} and measured["fine_held"] <= 0.03
    assert set(measured["labels"]) == {*AIMS, "fine"}
    for label, (precision, recall) in AIMS.items():
        numbers = measured["labels"][label]
        assert numbers["precision"] >= precision and numbers["recall"] >= recall, (label, numbers)
        assert numbers["n"] > 40


def test_a_model_that_has_not_seen_a_text_finds_it_too(shared):
    from comments.screening import measuring

    rows = samples.read(shared("moderation_dev.jsonl"))
    halves = measuring.folds(rows, 2)
    codes = measuring.across(rows, samples.read(samples.EXAMPLES), halves)
    numbers = measuring.measure(rows, codes)
    for label, wanted in {
        "medical_advice": 0.8,
        "emergency": 0.85,
        "abuse": 0.85,
        "spam": 0.9,
        "personal_data": 0.95,
    }.items():
        assert numbers["labels"][label]["recall"] >= wanted, (label, numbers["labels"][label])
    assert numbers["fine_held"] <= 0.1


def test_the_weights_hold_no_sentence_of_the_sample_and_are_small():
    assert model.FILE.stat().st_size < 400_000
    assert all(len(name.split()) <= 2 for name in model.shipped().weights)


def test_training_gives_the_same_file_every_time_and_it_can_be_read(tmp_path):
    rows = samples.read(samples.EXAMPLES)[:60] * 2
    rows = [row | {"source": f"{number % 2}-x"} for number, row in enumerate(rows)]
    one, two = training.as_text(training.train(rows)), training.as_text(training.train(rows))
    assert one == two
    (tmp_path / "model.json").write_text(one)
    assert model.read(tmp_path / "model.json").version == json.loads(one)["version"]


def test_a_language_piece_of_one_source_alone_is_not_learned():
    rows = [{"text": f"zyxwv number {n}", "labels": ["spam"], "source": "one"} for n in range(4)]
    rows += [{"text": "good morning", "labels": ["fine"], "source": "two"}]
    assert not [name for name in training.train(rows)["weights"] if "zyx" in name]


def test_the_commands_say_what_is_wrong_with_a_file(tmp_path):
    broken = lines(tmp_path / "broken.jsonl", {"text": "fine", "labels": ["fine"]}, {"text": 3})
    for command in ("measure_screening", "train_screening"):
        with pytest.raises(CommandError, match="line 2"):
            call_command(command, broken)
        with pytest.raises(CommandError, match="No such file"):
            call_command(command, tmp_path / "nowhere.jsonl")
    with pytest.raises(CommandError, match="Name a labelled file"):
        call_command("train_screening")


def test_measuring_prints_the_table_and_the_speed(tmp_path, capsys):
    file = lines(
        tmp_path / "few.jsonl",
        {"text": "mary@example.org", "labels": ["personal_data"], "source": "a"},
        {"text": "Lovely article.", "labels": ["fine"], "source": "b"},
        {"text": "See https://example.gov/page", "labels": ["fine"], "source": "b"},
    )
    call_command("measure_screening", file)
    said = capsys.readouterr().out
    assert "personal_data / a" in said and "comments a second" in said
    assert "held by a check of content: 0.0%" in said and "with a link: 50.0%" in said
