"""Our own rules, over the syntax tree; each says what to do instead."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "kinbook"
FILES = sorted(path for path in SOURCE.rglob("*.py") if "/migrations/" not in str(path))
NAMES = {path: str(path.relative_to(SOURCE)) for path in FILES}
FEATURES = {path.parent.name for path in SOURCE.glob("*/models.py")} | {
    path.parent.parent.name for path in SOURCE.glob("*/models/__init__.py")
}
FORBIDDEN_WORDS = re.compile(r"(Manager|Service|Helper|Utils|Common|Handler|Processor)$|^(do|process|handle)_")
ALLOWED_NAMES = {"UserManager", "Service", "process_exception"}
WRITES = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
# installation tables are written where sign-in happens; the seed and the tests tell stories
MAY_WRITE = (
    "commands",
    "models",
    "seed/",
    "practice/first_visit.py",
    "audit/record.py",
    "ledger/post.py",
    "mail/jobs.py",
    "tallies/fold.py",
)


def every_file(rule):
    """Make a test of a rule about one file: it names every file that breaks it."""

    def test():
        broken = []
        for path in FILES:
            try:
                rule(path)
            except AssertionError as problem:
                broken.append(f"{NAMES[path]}: {problem}")
        assert not broken, "\n".join(broken)

    test.__name__, test.__doc__ = rule.__name__, rule.__doc__
    return test


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions(path: Path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def called(node: ast.AST) -> set[str]:
    found = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            name = each.func
            found.add(name.id if isinstance(name, ast.Name) else getattr(name, "attr", ""))
    return found


def is_command(function: ast.FunctionDef) -> bool:
    return any(ast.unparse(each) == "transaction.atomic" for each in function.decorator_list)


COMMANDS = [
    pytest.param(path, function, id=f"{NAMES[path]}:{function.name}")
    for path in FILES
    if "commands" in NAMES[path]
    for function in functions(path)
    if is_command(function)
]


@pytest.mark.parametrize(("path", "command"), COMMANDS)
def test_a_command_asks_changes_and_records(path, command):
    arguments = command.args
    assert [each.arg for each in arguments.args] == ["viewer"], "take the viewer first, the rest by keyword"
    assert called(command) & {"require", "require_all", "require_edit", "require_part", "_require_own"}, (
        "ask `require` before anything changes"
    )
    assert "record" in called(command), "record what was done in the audit log"


@every_file
def test_files_and_functions_stay_small(path):
    assert len(path.read_text().splitlines()) <= 300, "split it by noun"
    for function in functions(path):
        length = function.end_lineno - function.body[0].lineno + 1
        assert length <= 42, f"{function.name} is {length} lines: name its steps"


@every_file
def test_names_say_what_a_thing_is(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name not in ALLOWED_NAMES:
            assert not FORBIDDEN_WORDS.search(node.name), f"{node.name}: use the field's own word"


@every_file
def test_only_commands_write(path):
    name = NAMES[path]
    if any(part in name for part in MAY_WRITE):
        return
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            written = ast.unparse(node.func)
            assert ".objects" not in written, f"{written}: write it in a command"


@every_file
def test_the_clock_is_passed_down(path):
    name = NAMES[path]
    faces = ("views.py", "jobs.py", "api/", "config/", "cli.py", "seed/", "exchange/cli.py")
    if name.endswith(faces[:2]) or any(name.startswith(face) for face in faces[2:]):
        return
    text = path.read_text()
    for clock in ("timezone.now(", "date.today(", "datetime.now(", "time.time("):
        assert clock not in text, f"{clock}): take it from the viewer"


@every_file
def test_the_environment_is_read_in_one_place(path):
    if NAMES[path] in {"config/environment.py", "config/wsgi.py", "web/assets.py"}:
        return
    assert "os.environ" not in path.read_text(), "ask kinbook.config.environment"


@every_file
def test_money_is_integer_cents(path):
    if not NAMES[path].startswith("rules/"):
        return
    names = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}
    assert not names & {"float", "Decimal", "round"}, "cents are integers; round only in `split`"


@every_file
def test_no_ways_round(path):
    text = path.read_text()
    for way in (
        "django.dispatch",
        "post_save",
        "ModelForm",
        "GenericForeignKey",
        "class Meta:\n        ordering",
        "validators=",
    ):
        assert way not in text, f"{way}: say it by name in a command, a form or a constraint"


@every_file
def test_views_start_from_what_is_visible(path):
    name = NAMES[path]
    if not (name.endswith("views.py") or name.startswith("api/")):
        return
    for line in path.read_text().splitlines():
        if ".objects.all()" in line:
            assert "#" in line, f"{line.strip()}: start from visible_to(viewer), or say why everybody may see it"


@every_file
def test_domain_knows_no_http(path):
    name = NAMES[path]
    if not re.search(r"(commands|queries|models|render)(/|\.py)", name):
        return
    assert not re.search(r"django\.(http|shortcuts)|HttpRequest", path.read_text()), "leave HTTP to the faces"


def test_work_left_open_names_its_issue():
    for path in FILES:
        assert "TODO" not in path.read_text(), f"{NAMES[path]}: do it, or write an issue"


def test_every_feature_is_in_the_contract_of_its_inside():
    contract = (SOURCE.parents[1] / ".importlinter").read_text()
    plain = {"tenancy", "tallies", "audit", "access", "mail", "ledger", "exchange", "api"}
    for feature in FEATURES - plain:
        assert f"kinbook.{feature}\n" in contract, f"add kinbook.{feature} to contract 2"
