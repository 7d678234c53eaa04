"""Why a line is worth what it is, said as a patient clerk would across the desk."""

from governance.points import amount_reached, describe, format_quantity, format_total, words
from governance.scoring import Line, Reason
from governance.shapes import Rule, Shape, Window

_SPAN = {Window.DAY: "一天", Window.MONTH: "一个月", Window.QUARTER: "一季", Window.YEAR: "一年"}
_NOW = {Window.DAY: "当天", Window.MONTH: "当月", Window.QUARTER: "本季", Window.YEAR: "今年"}
_THEN = _NOW | {Window.QUARTER: "当季", Window.YEAR: "当年"}
_NUMERALS = "一二三四五六七八九十"


def explain(line: Line) -> str:
    """One plain Chinese sentence for a line: how its points come about and what limits them."""
    codes = {reason.code for reason in line.why}
    if line.entry.reverses is not None:
        return "这一笔是把前面的一条撤销，本身不算分。"
    if "reversed" in codes:
        return "这条已经撤销，不算分。"
    if "held" in codes:
        return "您提了异议，办完以前这条不算分。"
    return f"{'；'.join(_clauses(line))}{_result(line)}。"


def _clauses(line: Line) -> list[str]:
    lasting = [reason for reason in line.why if reason.code == "lasting"]
    now = _THEN if lasting else _NOW
    clauses = [_clause(line, reason, now) for reason in line.why]
    if line.rule.shape not in (Shape.STEPS, Shape.THRESHOLDS):
        entry = line.entry
        clauses.insert(len(lasting), describe(line.rule, line.raw_tenths, entry.quantity_milli))
    return clauses


def _clause(line: Line, reason: Reason, now: dict[Window, str]) -> str:
    rule = line.rule
    match reason.code:
        case "lasting":
            return _lasting(*reason.values)
        case "step":
            return _step(rule, now, *reason.values)
        case "threshold":
            return _threshold(rule, now, *reason.values)
        case "exclusive":
            return f"同一件事合着几条，只按{'最高' if rule.sign > 0 else '最重'}的一条{_verb(rule)}"
        case "exclusive_year":
            return f"同一项一年只补高出的部分，前面已{words(rule.sign, *reason.values)}"
        case code:
            _, window, unit = code.split("_")
            return (_cap_times if unit == "times" else _cap_points)(rule, Window(window), *reason.values)


def _lasting(quarter: str) -> str:
    return f"{quarter[:4]}年第{_NUMERALS[int(quarter[5]) - 1]}季度记下的，这一季还算"


def _step(rule: Rule, now: dict[Window, str], times: int, step: int) -> str:
    return f"{now[rule.window]}第{times}次，按第{_NUMERALS[step - 1] if step <= 10 else step}档"


def _threshold(rule: Rule, now: dict[Window, str], quantity_milli: int, before_tenths: int) -> str:
    reached = amount_reached(rule.steps, quantity_milli)
    total = f"{now[rule.window]}累计{format_quantity(rule, quantity_milli)}"
    if before_tenths:
        return f"{total}，一共{words(rule.sign, reached)}，前面已{words(rule.sign, before_tenths)}"
    if reached:
        return f"{total}，{words(rule.sign, reached)}"
    first = min(step.at_milli for step in rule.steps)
    return f"{total}，满{format_quantity(rule, first)}才{_verb(rule)}分"


def _cap_times(rule: Rule, window: Window, cap: int, times: int) -> str:
    return f"{_SPAN[window]}最多{_verb(rule)}{cap}次，这是第{times}次"


def _cap_points(rule: Rule, window: Window, cap_tenths: int, before_tenths: int) -> str:
    verb = "" if rule.sign > 0 else "减"
    before = f"，前面已{words(rule.sign, before_tenths)}" if before_tenths else ""
    return f"{_SPAN[window]}最多{verb}{format_total(cap_tenths)}分{before}"


def _result(line: Line) -> str:
    """What is left for this line, said only where something was taken off."""
    if not any(_takes_off(reason) for reason in line.why):
        return ""
    if not line.effective_tenths:
        return f"，所以这次不{_verb(line.rule)}分"
    return f"，所以{words(line.rule.sign, abs(line.effective_tenths))}"


def _takes_off(reason: Reason) -> bool:
    """Whether a limit, or what the same count gave before, makes the line less than it would be."""
    return reason.code.startswith(("exclusive", "cap_")) or (
        reason.code == "threshold" and reason.values[1] > 0
    )


def _verb(rule: Rule) -> str:
    return "记" if rule.sign > 0 else "减"
