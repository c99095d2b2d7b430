"""Takes single checks out of a copy of the code and shows that a proof fails each time: `python -m tests.removals`.

The table it prints stands in docs/subjects/proofs.md. A check whose removal nothing notices ends the run with 1.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
Removal = namedtuple("Removal", "what file old new proof")  # noqa: PYI024 - five words of a table
MATRIX = "tests/access/test_addresses.py"
FENCES = "tests/database/test_fences.py"

REMOVALS = [
    Removal(
        "A closed record is left out of lists",
        "access/policy.py",
        'return ~Q(**{f"{column}__in": closed}) if closed else Q()',
        "return Q()",
        "tests/access/test_closed.py",
    ),
    Removal(
        "One's own clients only",
        "access/policy.py",
        "whose |= Q(member_id=viewer.id)\n    if Scope.SUPERVISED in scope:\n        whose |= Q(member_id__in",
        "whose |= Q()\n    if Scope.SUPERVISED in scope:\n        whose |= Q(member_id__in",
        f"{MATRIX} -k client_id",
    ),
    Removal(
        "A read-only token only looks",
        "access/policy.py",
        "viewer.kind is not ViewerKind.MEMBER or (viewer.read_only and action not in LOOKING)",
        "viewer.kind is not ViewerKind.MEMBER",
        "tests/api/test_access.py tests/team/test_tokens.py",
    ),
    Removal(
        "What is confidential to a teen is read by who treats them",
        "access/policy.py",
        "    if viewer.roles & CLINICAL:\n        whose |= Q(member_id=viewer.id)",
        "    if viewer.roles:\n        whose |= Q(member_id=viewer.id)",
        "tests/access/test_confidence.py",
    ),
    Removal(
        "A biller reads conversations about bills only",
        "messaging/models/talk.py",
        'of_kind = Q(**{f"{prefix}kind": BY_KIND[role]})',
        "of_kind = Q()",
        "tests/messaging",
    ),
    Removal(
        "The fence of a practice's rows",
        "tenancy/migrations/protect.sql",
        "USING (%I = (SELECT kinbook_practice()))'\n    ' WITH CHECK (%I = (SELECT kinbook_practice()))', fenced, practice_column, practice_column",
        "USING (true)'\n    ' WITH CHECK (%I = (SELECT kinbook_practice()))', fenced, practice_column",
        FENCES,
    ),
    Removal(
        "The fence before a portal person",
        "tenancy/migrations/staff_is_likely.sql",
        "' USING ((SELECT (kinbook_portal_person() IS NULL)::int) <> 0)', fenced",
        "' USING (true)', fenced",
        FENCES,
    ),
    Removal(
        "A suspension closes the portal",
        "portal/migrations/standing.sql",
        "granted.stands)\n        AND suspended.lifted_at IS NULL)",
        "granted.stands)\n        AND suspended.lifted_at IS NOT NULL)",
        "tests/access/test_portal_open.py",
    ),
    Removal(
        "A parent's invoices are their own",
        "portal/migrations/views.sql",
        "WHERE invoice.practice_id = (SELECT kinbook_practice()) AND invoice.payer_id IN (SELECT id FROM portal_self)\n    AND NOT EXISTS",
        "WHERE invoice.practice_id = (SELECT kinbook_practice())\n    AND NOT EXISTS",
        "tests/portal/test_apart.py tests/portal/test_views.py",
    ),
    Removal(
        "A conversation is read by who takes part",
        "messaging/migrations/portal.sql",
        "    AND kinbook_portal_person() IN (party.id, party.merged_into_id)\n",
        "",
        "tests/messaging tests/database/test_conversations.py",
    ),
    Removal(
        "Journal, messages and audit entries stay as they are",
        "tenancy/migrations/protect.sql",
        "REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM kinbook_application",
        "REVOKE TRUNCATE ON %s FROM kinbook_application",
        "tests/database/test_kept.py",
    ),
    Removal(
        "A void needs the right to void",
        "invoices/commands/void.py",
        "Action.INVOICE_VOID",
        "Action.CLIENT_LIST",
        "tests/invoices/test_void_invoice.py",
    ),
    Removal(
        "A paper is whole or hidden",
        "documents/models.py",
        "self.filter(Exists(about.filter(reach)), ~Exists(about.exclude(reach)))",
        "self.filter(Exists(about.filter(reach)))",
        "tests/documents",
    ),
    Removal(
        "A parent's documents are their own",
        "portal/migrations/documents.sql",
        "document.practice_id = (SELECT kinbook_practice()) AND document.payer_id IN (SELECT id FROM portal_self)",
        "document.practice_id = (SELECT kinbook_practice())",
        "tests/portal/test_documents.py tests/portal/test_views.py",
    ),
    Removal(
        "A guardian's portal ends at eighteen unless the client lets them keep it",
        "portal/migrations/standing.sql",
        "(granted.kept_from <= clock.today",
        "(true",
        "tests/access/test_portal_open.py tests/portal/test_keeping.py",
    ),
    Removal(
        "Nothing is booked in a closed month",
        "ledger/migrations/periods.sql",
        "AND added.on_date < closing.until",
        "AND false",
        "tests/ledger/test_periods.py",
    ),
    Removal(
        "What goes back of a payment is at most the payment",
        "payments/migrations/refunds.sql",
        "IF settled + given_back > received",
        "IF settled > received",
        "tests/payments/test_refunds.py",
    ),
]


def main() -> int:
    """Take out each check in turn; return 1 where a removal went unnoticed."""
    wanted = sys.argv[1:]
    noticed = []
    for number, removal in enumerate(REMOVALS, 1):
        if not wanted or str(number) in wanted:
            found = try_without(removal)
            noticed.append(found)
            sys.stdout.write(f"| {number} | {removal.what} | `{removal.file}` | {found or '**nothing**'} |\n")
            sys.stdout.flush()
    return 0 if all(noticed) else 1


def try_without(removal: Removal) -> str:
    """Return the first test that fails without the check; "" where none does."""
    with tempfile.TemporaryDirectory(prefix="kinbook-removal-") as folder:
        copy = Path(folder, "kinbook")
        Path(folder).chmod(0o755)
        ignored = shutil.ignore_patterns(".venv", ".git", "__pycache__", ".*_cache", ".hypothesis")
        shutil.copytree(ROOT, copy, ignore=ignored)
        file = copy / "src" / "kinbook" / removal.file
        text = file.read_text()
        if text.count(removal.old) != 1:
            return f"the check stands {text.count(removal.old)} times in the file: mend tests/removals.py"
        file.write_text(text.replace(removal.old, removal.new))
        words = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:randomly", *removal.proof.split()]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KINBOOK_", "DATABASE_"))}
        env = {**kept, "PYTHONPATH": str(copy / "src")}
        done = subprocess.run(words, cwd=copy, env=env, capture_output=True, text=True, check=False)
        failed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return f"`{failed[0].partition('[')[0]}`" if done.returncode and failed else ""


if __name__ == "__main__":
    sys.exit(main())
