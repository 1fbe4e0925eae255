"""Programs that some tests need: without one they are skipped, except in CI, where nothing may be skipped."""

import os
import shutil

import pytest

from codes.cards.drawing import can_draw

# Chromium without a window of its own needs half the time of the whole browser.
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
IN_CI = os.environ.get("CI") == "true"


def _needs(found, package):
    return pytest.mark.skipif(not (found or IN_CI), reason=f"not installed; get it with: apt-get install {package}")


needs_card_fonts = _needs(can_draw(), "fonts-noto-cjk")
needs_chromium = _needs(CHROMIUM, "chromium-headless-shell fonts-noto-cjk")
needs_gettext = _needs(shutil.which("msgfmt"), "gettext")
needs_jq = _needs(shutil.which("jq"), "jq")
needs_node = _needs(shutil.which("node"), "nodejs")
needs_java = _needs(shutil.which("java"), "default-jre-headless")
