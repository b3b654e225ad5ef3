"""The browser of the tests renders and is driven."""


def test_the_browser_renders_a_page_and_axe_judges_it(browser, axe):
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.set_content("<html lang=en><title>t</title><main><h1>Hello</h1><img src=''></main>")
    page.evaluate(axe)
    found = page.evaluate("() => axe.run()")
    assert [rule["id"] for rule in found["violations"]] == ["image-alt"]
    context.close()
