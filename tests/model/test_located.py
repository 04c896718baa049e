from sgpctl.model.located import LocatedList, LocatedMap, key_mark, path_text, value_mark


def document() -> LocatedMap:
    message = LocatedMap(("chat.yaml", 1, 1))
    message.put("content", "Hello", ("chat.yaml", 1, 1), ("prompts/answer.md", 1, 1))
    messages = LocatedList(("chat.yaml", 1, 1))
    messages.put(message, ("chat.yaml", 1, 3))
    root = LocatedMap(("e.yaml", 1, 1))
    root.put("name", "n", ("e.yaml", 1, 1), ("e.yaml", 1, 7))
    root.put("messages", messages, ("e.yaml", 2, 1), ("e.yaml", 3, 3))
    root.put("plain", {"inner": [1]}, ("e.yaml", 9, 1), ("e.yaml", 9, 8))
    return root


def test_a_value_has_its_own_place_and_its_key_another() -> None:
    assert value_mark(document(), ("name",)) == ("e.yaml", 1, 7)
    assert key_mark(document(), ("name",)) == ("e.yaml", 1, 1)


def test_a_value_from_another_file_has_its_place_there() -> None:
    assert value_mark(document(), ("messages", 0, "content")) == ("prompts/answer.md", 1, 1)
    assert key_mark(document(), ("messages", 0, "content")) == ("chat.yaml", 1, 1)


def test_an_element_has_a_place_and_no_key() -> None:
    assert value_mark(document(), ("messages", 0)) == ("chat.yaml", 1, 3)
    assert key_mark(document(), ("messages", 0)) == ("chat.yaml", 1, 3)


def test_what_has_no_place_takes_that_of_what_is_around_it() -> None:
    assert value_mark(document(), ("plain", "inner", 0)) == ("e.yaml", 9, 8)
    assert value_mark(document(), ("messages", 7)) == ("e.yaml", 3, 3)
    assert value_mark(document(), ("missing",)) == ("e.yaml", 1, 1)
    assert value_mark(document(), ()) == ("e.yaml", 1, 1)


def test_plain_json_has_no_places() -> None:
    assert value_mark({"a": 1}, ("a",)) is None


def test_a_path_is_written_as_people_write_it() -> None:
    assert path_text(("tasks", 0, "configuration", "stop", 1)) == "tasks[0].configuration.stop[1]"
    assert path_text(()) == ""
