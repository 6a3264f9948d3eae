"""How the server is."""

from __future__ import annotations

from fastapi import APIRouter


def router() -> APIRouter:
    """Routes for whoever runs the server."""
    routes = APIRouter(tags=["operation"])

    @routes.get("/healthz", operation_id="healthz")
    def healthz() -> dict[str, str]:
        """That the process is alive."""
        return {"status": "ok"}

    return routes
