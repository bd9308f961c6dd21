"""Accounts: signing up, verifying the address, logging in and out."""

from support.platforms.tracebloc.clients.backend.connection import BackendConnection, Json


class Accounts(BackendConnection):
    """What a person does about an account."""

    def register(self, email: str, password: str, **names: str) -> Json:
        """Sign up, perhaps with first_name and last_name; the platform sends a verification e-mail."""
        return self._object("POST", "/register/", json={"email": email, "password": password, **names})

    def verify(self, token: str) -> Json:
        """Confirm the e-mail address with the code from the e-mail."""
        return self._object("POST", "/register/verify/", json={"token": token})

    def log_in(self, username: str, password: str) -> Json:
        """Log in; later requests carry the token. Raises Refused when the credentials are not right."""
        answer = self._object("POST", "/api-token-auth/", data={"username": username, "password": password})
        self._http.headers["Authorization"] = f"{answer['token_scheme']} {answer['token']}"
        return answer

    def user_info(self) -> Json:
        """Who is logged in."""
        return self._object("GET", "/userinfo/")

    @property
    def token(self) -> str:
        """The token of the last login, without its scheme; empty when there was none."""
        return str(self._http.headers.get("Authorization", "")).partition(" ")[2]

    def use_token(self, token: str) -> None:
        """Later requests carry this token, or none when it is empty."""
        self._http.headers.pop("Authorization", None)
        if token:
            self._http.headers["Authorization"] = f"Bearer {token}"

    def log_out(self) -> None:
        """End this login: its token is worth nothing from then on, whoever holds it."""
        self._send("POST", "/logout/")

    def remove_account(self, username: str, password: str) -> None:
        """Remove the account with all that is its own, for good."""
        self._send("POST", "/account/removal/", data={"username": username, "password": password})

    def decide_device_code(self, user_code: str, approve: bool) -> None:
        """Say yes or no to the sign-in code that a command line shows."""
        self._send("POST", "/device/approve/", json={"user_code": user_code, "approve": approve})
