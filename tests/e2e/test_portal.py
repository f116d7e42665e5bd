"""The portal in a real browser, as people of each role use it: on a desk and on a phone, without a fault of access."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import CHROMIUM, DESK, PHONE, Watched, chromium, watched
from tests.support.eventually import before_long
from tests.support.parties import new_code
from tests.support.stack import LiveStack

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed: apt-get install chromium")
ATTACK = '"><img src=x onerror="document.title=`taken`"><script>document.title="taken"</script>'
SENTENCE = "用线阵相机识别集装箱箱体残损，车辆不停车通过，残损识别准确率97.6%"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Of this module alone: Playwright's loop would be in the way of the asynchronous stories of others.
    with sync_playwright() as playwright:
        opened = chromium(playwright)
        yield opened
        opened.close()


@pytest.fixture
def visitor(browser: Browser, stack: LiveStack) -> Iterator[Watched]:
    yield from watched(browser, stack.url("portal"), DESK)


@pytest.fixture
def phone(browser: Browser, stack: LiveStack) -> Iterator[Watched]:
    yield from watched(browser, stack.url("portal"), PHONE)


@pytest.fixture(scope="module")
def shared(stack: LiveStack) -> tuple[str, str]:
    """One demand for all who need no demand of their own."""
    return published(stack)


def published(stack: LiveStack, **said: object) -> tuple[str, str]:
    """The id of a demand that is open, and the code of its owner."""
    code = new_code()
    body = {
        "kind": "scenario",
        "title": "闸口集装箱箱体残损自动识别",
        "need": "闸口每天通过约九千个集装箱，目前由人工查看箱体残损。希望车辆不停车通过时自动识别残损。",
        "domain": "智慧港口",
        "division": "370211",
        "closes_at": "2099-12-31T16:00:00Z",
        "clauses": [
            {
                "kind": "performance",
                "text": "残损识别准确率不低于95%",
                "is_hard": True,
                "metric": "残损识别准确率",
                "operator": "ge",
                "value": 95,
                "unit": "%",
            },
            {"kind": "qualification", "text": "具备CMMI 5级认证"},
        ],
        **said,
    }
    url = stack.url("catalog", "/v1/demands")
    with httpx.Client(headers=stack.bearer("uscc", code, "某港口", "publisher"), timeout=30, trust_env=False) as client:
        demand = client.post(url, json=body).raise_for_status().json()["id"]
        for step in ("submit", "publish"):
            client.post(f"{url}/{demand}/{step}", headers={"Idempotency-Key": str(uuid4())}).raise_for_status()
        matches = httpx.Request("GET", stack.url("matcher", "/v1/matches"), params={"demand_id": demand})
        before_long(lambda: _is_compared(client, matches), within=60.0, every=0.2)
    return demand, code


def _is_compared(client: httpx.Client, matches: httpx.Request) -> bool:
    """Whether the matcher has heard of the demand and looked for firms."""
    matches.headers.update(client.headers)
    return bool(client.send(matches).raise_for_status().json()["matching"] == "done")


def test_a_visitor_finds_a_demand_and_reads_it_in_both_languages(
    visitor: Watched, stack: LiveStack, shared: tuple[str, str]
) -> None:
    demand, _ = shared
    page = visitor.see("/")
    page.get_by_label("查找需求").fill("集装箱 残损")
    page.get_by_role("button", name="查找").click()
    visitor.looked_at()
    page.locator(f"a[href='/demands/{demand}']").click()
    visitor.looked_at()
    assert page.get_by_text("残损识别准确率不低于95%").is_visible()
    page.get_by_role("link", name="English").click()
    assert page.get_by_role("heading", name="Questions and answers").is_visible()
    for path in ("/lists", "/figures", "/demands?q=飞船&state=published", "/nothing-here"):
        visitor.see(path)


def test_a_list_that_is_empty_says_which_filter_hides_what(
    visitor: Watched, stack: LiveStack, shared: tuple[str, str]
) -> None:
    page = visitor.see("/demands?q=集装箱&kind=financing")
    page.get_by_role("link", name=re.compile("不限“类别”")).click()
    assert page.locator(".ledger li").count() >= 1


def test_a_firm_sees_its_best_demands_and_what_it_lacks_four_pages_from_login(
    phone: Watched, stack: LiveStack, shared: tuple[str, str]
) -> None:
    demand, _ = shared
    code = new_code()
    page = phone.logged_in("uscc", code, "某视觉公司", "enterprise")  # 1: the login page, 2: the desk
    page.get_by_label("我们能做什么").fill(SENTENCE)
    page.get_by_role("button", name="查看最合适的三项需求").click()  # 3: the same desk, with its three best
    phone.looked_at()
    best = page.locator("article.best", has=page.locator(f"a[href='/demands/{demand}']"))
    best = best if best.count() else page.locator("article.best").first
    assert "已满足" in best.inner_text()
    assert "请补" in best.inner_text()
    page.get_by_role("link", name="保存为能力画像").click()  # 4: the profile, with what it would fit
    phone.looked_at()
    assert page.get_by_label("一句话概括").input_value() == SENTENCE


def test_the_profile_editor_shows_while_one_writes_what_would_fit(
    visitor: Watched, stack: LiveStack, shared: tuple[str, str]
) -> None:
    page = visitor.logged_in("uscc", new_code(), "某视觉公司", "enterprise")
    page = visitor.see("/firm/profiles/new")
    assert page.locator("#fits article").count() == 0
    page.get_by_label("一句话概括").press_sequentially(SENTENCE)
    page.locator("#fits article").first.wait_for()
    page.get_by_label("技术成熟度（1—9） 1").fill("eleven")
    page.get_by_role("button", name="保存").click()
    visitor.looked_at()
    page.get_by_role("alert").get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.id") == "items-0-trl"
    page.get_by_label("技术成熟度（1—9） 1").fill("9")
    page.get_by_label("名称 1", exact=True).first.fill("箱体残损识别")
    page.get_by_label("谁可以看到").select_option("parties")
    page.get_by_label("规模").select_option("small")
    page.get_by_role("button", name="保存").click()
    visitor.looked_at()
    assert page.get_by_role("status").inner_text().startswith("已保存")
    assert page.get_by_label("谁可以看到").input_value() == "parties"
    assert page.get_by_label("规模").input_value() == "small"
    _subscribes(visitor)


def _subscribes(visitor: Watched) -> None:
    """By mail, which this platform does not send; to the inbox, which is looked at first, then paused and ended."""
    page = visitor.see("/subscriptions")
    page.get_by_label("送到哪里").select_option("email")
    page.get_by_role("button", name="订阅", exact=True).click()
    visitor.looked_at()
    page.get_by_role("alert").get_by_role("link").first.click()
    page.keyboard.insert_text("someone@example.com")
    page.get_by_role("button", name="订阅", exact=True).click()
    assert page.get_by_role("alert").is_visible()
    page.get_by_label("送到哪里").select_option("browser")
    page.get_by_label("邮箱").fill("")
    page.get_by_label("频率").select_option("daily")
    page.get_by_role("button", name="先看过去一周").click()
    assert page.locator("#preview .fit").is_visible()
    page.get_by_role("button", name="订阅", exact=True).click()
    visitor.looked_at()
    inbox = page.locator("ul.plain li", has_text="站内收件箱")
    assert "每天 8 时汇总" in inbox.inner_text()
    inbox.get_by_role("button", name="暂停").click()
    inbox.get_by_role("button", name="恢复").wait_for()
    inbox.locator("summary").click()
    inbox.get_by_role("button", name="确认删除").click()
    inbox.wait_for(state="detached")


def test_a_clerk_writes_half_goes_on_later_and_gets_a_receipt(visitor: Watched, stack: LiveStack) -> None:
    code = new_code()
    page = visitor.logged_in("uscc", code, "某港口", "publisher")
    visitor.looked_at()
    page.get_by_role("link", name="写需求").first.click()
    page.get_by_role("button", name="保存草稿").click()  # nothing is written yet
    visitor.looked_at()
    written = page.url
    page.goto(written)
    page.get_by_label("标题").fill("岸桥减速箱故障预测")
    page.get_by_label(re.compile("^需求说明")).fill(
        "岸桥起升减速箱需要提前预警故障，预警准确率不低于90%，误报率不高于5%。"
    )
    page.locator("#coach li").first.wait_for()
    page.get_by_label("对接方式").fill("投标人须在青岛设有分公司")
    page.locator("#coach mark", has_text="须在青岛设有分公司").wait_for()
    page.get_by_label("对接方式").fill("线上提交方案")
    page.get_by_role("button", name="采用读到的条款").click()
    page.get_by_role("button", name="检查并提交").click()
    visitor.looked_at()
    page.get_by_role("alert").get_by_role("link", name="截止日期").click()
    page.get_by_label("截止日期").fill("2099-12-31")
    page.get_by_role("button", name="检查并提交").click()
    page.get_by_role("button", name="提交并发布").click()
    visitor.looked_at()
    assert re.search(r"JQ-\d{8}-[0-9A-F]{8}-\d+", page.locator(".number").inner_text())
    page.get_by_role("link", name="继续办理这项需求").click()
    visitor.looked_at()
    steps = page.locator(".steps summary").all_inner_texts()
    assert "提前截止" in steps
    assert "发布" not in steps


def test_a_colleague_justifies_a_passage_and_the_demand_becomes_public(visitor: Watched, stack: LiveStack) -> None:
    code = new_code()
    clause = {"kind": "qualification", "text": "投标人须在青岛设有分公司", "is_hard": True}
    body = {"kind": "scenario", "title": "岸桥维护", "need": "提前预警故障。", "domain": "智慧港口"}
    body |= {"closes_at": "2099-12-31T16:00:00Z"}
    with httpx.Client(headers=stack.bearer("uscc", code, "某港口", "publisher"), trust_env=False) as client:
        reply = client.post(stack.url("catalog", "/v1/demands"), json={**body, "clauses": [clause]})
    demand = reply.raise_for_status().json()["id"]
    page = visitor.logged_in("uscc", code, "某港口", "publisher")
    visitor.see(f"/mine/{demand}/check")
    assert page.locator("#fairness mark").inner_text() == "须在青岛设有分公司"
    assert page.locator("#fairness textarea").count() == 0
    page.get_by_role("button", name="提交", exact=True).click()
    page.context.clear_cookies()
    page = visitor.logged_in("uscc", code, "某港口", "publisher", "colleague")
    visitor.see(f"/mine/{demand}")
    assert "发布" not in page.locator(".steps summary").all_inner_texts()
    page.get_by_label("说明理由").fill("海事部门要求维护单位在港区常驻，见设施维护规定")
    page.get_by_role("button", name="提交理由").click()
    visitor.looked_at()
    page.locator(f"form[action$='{demand}/steps/publish'] button").click()
    visitor.looked_at()
    assert page.locator(".number").is_visible()


def test_an_owner_answers_questions_together_and_everyone_reads_them(
    visitor: Watched, stack: LiveStack, shared: tuple[str, str]
) -> None:
    demand, code = shared
    with httpx.Client(headers=stack.bearer("uscc", new_code(), "某公司", "enterprise"), trust_env=False) as client:
        url = stack.url("catalog", f"/v1/demands/{demand}/questions")
        for question in ("夜间也要识别吗？", "数据能提供吗？"):
            client.post(url, json={"text": question}).raise_for_status()
    page = visitor.logged_in("uscc", code, "某港口", "publisher")
    assert page.get_by_role("row", name=re.compile("答复提问")).count() >= 2
    page.get_by_role("link", name="一起答复").click()
    page.get_by_label("夜间也要识别吗？").check()
    page.get_by_label(re.compile("答复（所有人可见） 2")).fill("签订协议后现场提供。")
    page.get_by_role("button", name="填入勾选的提问").click()
    visitor.looked_at()
    page.get_by_role("button", name="一起公布").click()
    assert page.get_by_role("status").inner_text() == "已公布 2 条答复。"
    visitor.see(f"/demands/{demand}")
    assert page.get_by_text("以需求正文和条款为准").is_visible()
    assert page.get_by_text("签订协议后现场提供。").is_visible()


def test_a_draft_is_written_and_saved_by_the_keyboard_alone(visitor: Watched, stack: LiveStack) -> None:
    page = visitor.logged_in("uscc", new_code(), "某港口", "publisher")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")  # past the navigation
    _tab_to(page, "写需求")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mine/new/edit")
    _tab_to(page, "title")
    page.keyboard.insert_text("岸桥减速箱故障预测")
    _tab_to(page, "save")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert page.get_by_label("标题").input_value() == "岸桥减速箱故障预测"


def _tab_to(page: Page, name: str) -> None:
    """Presses Tab until what is called so, or has that id or value, has the focus, and can be seen to have it."""
    focused = "(({id, value, innerText}) => [id, value, innerText])(document.activeElement)"
    for _ in range(80):
        page.keyboard.press("Tab")
        if name in page.evaluate(focused):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(name)


def test_a_list_is_drawn_up_reviewed_published_and_corrected(visitor: Watched, stack: LiveStack) -> None:
    said = {"docking": "线上提交方案", "policies": ["应用场景开放支持政策"]}
    demand, _ = published(stack, **said)
    code = new_code()
    page = visitor.logged_in("uscc", code, "某发改委", "list_editor")
    assert page.url.endswith("/work")
    visitor.see("/work/lists")
    page.get_by_label("标题").fill("2026年场景清单")
    page.get_by_role("button", name="开始征集").click()
    page.get_by_label("需求（网址或编号）").fill(f"{visitor.url}/demands/{demand}")
    page.get_by_label("级别").select_option("high_end")
    page.get_by_role("button", name="保存顺序和级别").click()
    edition = page.url
    visitor.looked_at()
    _step(page, "draft")
    _step(page, "submit")
    visitor.looked_at()
    page.context.clear_cookies(name="jingqiao")
    visitor.logged_in("uscc", new_code(), "某大数据局", "reviewer")
    page.goto(edition)
    _step(page, "approve")
    page.context.clear_cookies(name="jingqiao")
    visitor.logged_in("uscc", code, "某发改委", "list_editor")
    assert page.get_by_role("row", name=re.compile("2026年场景清单")).get_by_text("我方").is_visible()
    page.goto(edition)
    _step(page, "publish")
    page.locator("details", has_text="更正已发布的清单").locator("summary").click()
    page.get_by_label("更正理由").fill("级别有误")
    page.get_by_role("button", name="更正已发布的清单").click()
    page.get_by_label(re.compile("的级别")).select_option("generic")
    page.get_by_role("button", name="保存顺序和级别").click()
    assert "第 2 版" in visitor.see("/work/lists").locator("main").inner_text()


def test_an_operator_sees_how_all_runs_and_an_auditor_computes_a_ranking_again(
    phone: Watched, stack: LiveStack, shared: tuple[str, str]
) -> None:
    demand, code = shared
    headers = stack.bearer("uscc", code, "某港口", "publisher")
    with httpx.Client(headers=headers, trust_env=False) as client:
        profile = {"offer_kind": "solution", "headline": SENTENCE}
        theirs = stack.bearer("uscc", new_code(), "某视觉公司", "enterprise")
        client.post(stack.url("matcher", "/v1/profiles"), json=profile, headers=theirs).raise_for_status()
        matches = httpx.Request("GET", stack.url("matcher", f"/v1/demands/{demand}/matches"), headers=headers)
        before_long(lambda: bool(client.send(matches).json()["items"]), within=60.0, every=0.2)
        ranking = client.send(matches).json()["items"][0]["ranking_id"]
    page = phone.logged_in("uscc", new_code(), "某大数据局", "operator")
    assert page.url.endswith("/operator")
    phone.looked_at()
    assert page.get_by_role("row", name=re.compile("死信")).count() == 2
    page.context.clear_cookies(name="jingqiao")
    phone.logged_in("uscc", new_code(), "某审计局", "auditor")
    page.get_by_label("排序回执编号").fill(ranking)
    page.get_by_role("button", name="查看").first.click()
    page.get_by_role("button", name="按回执重算").click()
    phone.looked_at()
    assert page.get_by_role("status").inner_text().startswith("重算结果与当时完全一致")


def test_a_call_is_opened_and_answered_with_evidence_for_each_hard_clause(visitor: Watched, stack: LiveStack) -> None:
    demand, code = published(stack)
    page = visitor.logged_in("uscc", code, "某港口", "publisher")
    visitor.see(f"/mine/{demand}")
    page.get_by_role("link", name="征集方案").click()
    page.get_by_label("提交截止").fill("2099-11-30")
    page.get_by_label("承诺作出决定").fill("2099-12-15")
    page.get_by_label("评审标准 1").fill("技术指标")
    page.get_by_label("权重 1").fill("100")
    visitor.looked_at()
    page.get_by_role("button", name="发布征集").click()
    call = page.url
    assert page.locator(".steps summary").all_inner_texts()[0] == "延期"
    page.context.clear_cookies(name="jingqiao")
    visitor.logged_in("uscc", new_code(), "某视觉公司", "enterprise")
    page.goto(call)
    page.get_by_label("标题").fill("线阵相机识别")
    page.get_by_label("方案概述").fill("车辆不停车通过时识别残损。")
    page.get_by_label("技术成熟度（1—9）").fill("8")
    page.get_by_label("答复条款 1").fill("准确率97.6%")
    page.get_by_role("button", name="提交方案").click()
    visitor.looked_at()
    page.get_by_role("alert").get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.id") == "responses-0-answer"
    page.get_by_label("证据 1").fill("第三方检测报告")
    page.get_by_label("证据出处（编号、网址） 1").fill("报告 2026-118")
    page.get_by_role("button", name="提交方案").click()
    visitor.looked_at()
    assert "线阵相机识别" in page.get_by_role("heading", name=re.compile("我方方案")).locator("..").inner_text()


def test_a_match_appears_by_itself_and_both_sides_find_a_time(phone: Watched, stack: LiveStack) -> None:
    firm, title = new_code(), f"{uuid4()} 箱体残损识别"
    theirs = stack.bearer("uscc", firm, "某视觉公司", "enterprise")
    body = {"offer_kind": "solution", "headline": SENTENCE}
    httpx.post(stack.url("matcher", "/v1/profiles"), json=body, headers=theirs, trust_env=False).raise_for_status()
    page = phone.logged_in("uscc", firm, "某视觉公司", "enterprise")
    page.goto(f"{phone.url}/firm/matches")
    with page.expect_response("**/firm/stream"):
        page.get_by_role("button", name="让新匹配自动出现").click()
    _, code = published(stack, title=title)
    match = page.get_by_role("link", name=title)
    match.wait_for(timeout=60_000)
    phone.looked_at()
    match.click()
    page.get_by_label("给需求单位的话").fill("愿到现场演示")
    page.get_by_role("button", name="表达意向").click()
    page.locator("a[href^='/dockings/']").first.click()
    docking = page.url
    page.get_by_label("开始 1").fill("2099-03-01T09:30")
    page.get_by_label("结束 1").fill("2099-03-01T10:30")
    page.get_by_label("地点 1").fill("港区会议室")
    page.get_by_role("button", name="提出会面时间").click()
    phone.looked_at()
    page.context.clear_cookies(name="jingqiao")
    phone.logged_in("uscc", code, "某港口", "publisher")
    page.goto(docking)
    page.locator("form[action$='/take'] button").click()
    phone.looked_at()
    assert page.get_by_role("link", name="加入日历").is_visible()


def _step(page: Page, action: str) -> None:
    """Takes a step on the page of a thing, and waits until it is said to be done."""
    form = page.locator(f"form[action$='/{action}']")
    if not form.is_visible():
        page.locator("details", has=form).locator("summary").click()
    form.get_by_role("button").click()
    page.wait_for_url(f"**?done={action}")


def test_a_spreadsheet_s_faults_are_shown_cell_by_cell(visitor: Watched, stack: LiveStack, tmp_path: Path) -> None:
    table = tmp_path / "demands.csv"
    table.write_text(
        "需求名称,需求说明,预算（万元）\n岸桥预警,需要提前预警故障,120\n,没有名称,很多\n", encoding="utf-8"
    )
    page = visitor.logged_in("uscc", new_code(), "某港口", "publisher")
    visitor.see("/imports")
    page.get_by_label("表格文件").set_input_files(table)
    page.get_by_role("button", name="上传并检查").click()
    page.get_by_role("heading", name=re.compile("^错误")).wait_for(timeout=30_000)
    visitor.looked_at()
    page.get_by_role("button", name="导入没有错误的行").click()
    page.get_by_role("link", name="查看草稿").wait_for(timeout=30_000)


def test_what_somebody_wrote_is_inert_wherever_it_is_shown(visitor: Watched, stack: LiveStack) -> None:
    clauses = [{"kind": "function", "text": ATTACK, "metric": ATTACK, "is_hard": True}]
    said = {"title": ATTACK, "need": ATTACK, "docking": ATTACK, "policies": [ATTACK], "clauses": clauses}
    demand, code = published(stack, **said)
    page = visitor.logged_in("uscc", code, ATTACK, "publisher")
    paths = ("/", f"/demands/{demand}", "/desk", f"/mine/{demand}", f"/mine/{demand}/edit", f"/mine/{demand}/matches")
    for path in (
        *paths,
        f"/demands?q={ATTACK}",
        "/work",
        f"/calls/new?demand_id={demand}",
        f"/test-beds?domain={ATTACK}",
    ):
        visitor.see(path)
        assert page.title() != "taken"
        assert page.locator("img").count() == 0


def test_a_form_from_elsewhere_changes_nothing(visitor: Watched, stack: LiveStack) -> None:
    page = visitor.logged_in("uscc", new_code(), "某港口", "publisher")
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    with httpx.Client(base_url=stack.url("portal"), cookies=cookies, trust_env=False) as client:
        assert client.get("/mine").status_code == 200
        assert client.post("/mine/new/edit", data={"title": "x", "proof": "guessed"}).status_code == 403
        foreign = {"Origin": "https://elsewhere.example"}
        assert 'name="title"' not in client.post("/mine/new/edit", data={"title": "x"}, headers=foreign).text
        assert client.post("/logout").status_code == 403


def test_what_was_filled_in_outlives_the_session(visitor: Watched, stack: LiveStack) -> None:
    code = new_code()
    page = visitor.logged_in("uscc", code, "某港口", "publisher")
    visitor.see("/mine/new/edit")
    page.get_by_label("标题").fill("岸桥减速箱故障预测")
    page.context.clear_cookies(name="jingqiao")
    page.get_by_role("button", name="保存草稿").click()
    visitor.looked_at()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="在新窗口登录").click()
    Watched(opened.value, visitor.url).enter("uscc", code, "某港口", "publisher")
    page.get_by_role("button", name="继续提交").click()
    page.get_by_role("button", name="继续提交").click()  # and once more, by a form of the new session
    assert page.get_by_label("标题").input_value() == "岸桥减速箱故障预测"


def test_reading_and_forms_work_without_scripts(browser: Browser, stack: LiveStack, shared: tuple[str, str]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page: Page = context.new_page()
    page.goto(f"{stack.url('portal')}/")
    page.get_by_label("查找需求").fill("集装箱")
    page.get_by_role("button", name="查找").click()
    assert page.locator(".ledger li").count() >= 1
    context.close()


def test_what_still_works_is_shown_while_a_service_is_down(
    visitor: Watched, stack: LiveStack, shared: tuple[str, str]
) -> None:
    demand, _ = shared
    page = visitor.logged_in("uscc", new_code(), "某公司", "enterprise")
    stack.stop("matcher-serve")
    try:
        page.goto(f"{stack.url('portal')}/firm")
        assert "匹配服务" in page.get_by_role("status").inner_text()
        page.goto(f"{stack.url('portal')}/demands/{demand}")
        assert page.get_by_text("残损识别准确率不低于95%").is_visible()
    finally:
        stack.start("matcher-serve")
