"""The collector rests while the program is loaded, and works afterwards."""

import gc

from bot.loading import loading


def test_the_collector_works_again_however_the_loading_ended() -> None:
    try:
        with loading():
            assert not gc.isenabled()
            raise ImportError
    except ImportError:
        pass
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    gc.unfreeze()
