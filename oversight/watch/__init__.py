"""评议看板: how ratings, decisions and delays are spread, shown so that it is fair to the person shown."""
