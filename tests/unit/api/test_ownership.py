"""Uploads have owners: for all other tenants they do not exist."""

from __future__ import annotations

import hashlib
import json

import pytest
from starlette.testclient import TestClient

from tests.contract.small_farm import SmallFarm
from tests.unit.api.test_jobs import assert_problem
from tests.unit.render.made_fonts import named


@pytest.fixture
def shop(locked: SmallFarm) -> TestClient:
    return locked.client(locked.key("shop", "submit"))


@pytest.fixture
def other(locked: SmallFarm) -> TestClient:
    return locked.client(locked.key("other", "submit"))


def put(client: TestClient, data: bytes) -> str:
    sha256 = hashlib.sha256(data).hexdigest()
    answer = client.put(f"/v1/blobs/{sha256}", content=data)
    assert answer.status_code == 201, answer.text
    return sha256


def document(*references: str) -> str:
    return json.dumps({"template": "fake.words", "slots": {"words": "one", "photos": list(references)}})


def test_a_blob_is_its_owners_alone(locked: SmallFarm, shop: TestClient, other: TestClient) -> None:
    sha256 = put(shop, b"photo")
    assert shop.get(f"/v1/blobs/{sha256}").content == b"photo"
    assert_problem(other.get(f"/v1/blobs/{sha256}"), 404, "of yours")
    assert other.head(f"/v1/blobs/{sha256}").status_code == 404
    assert other.get(f"/v1/uploads/{sha256}").json() == {"complete": False, "offset": 0}
    assert shop.get(f"/v1/uploads/{sha256}").json()["complete"]
    operator = locked.client(locked.key("ops", "operate"))
    assert operator.get(f"/v1/blobs/{sha256}").content == b"photo"
    # The same content is stored once, and whoever shows it has it.
    files = [path for path in locked.settings.store.glob("??/*") if path.is_file()]
    put(other, b"photo")
    assert other.get(f"/v1/blobs/{sha256}").content == b"photo"
    assert [path for path in locked.settings.store.glob("??/*") if path.is_file()] == files


def test_a_hash_alone_gives_no_content(shop: TestClient, other: TestClient) -> None:
    sha256 = put(shop, b"secret")
    headers = {"Upload-Offset": "0", "Upload-Length": "6"}
    answer = other.patch(f"/v1/uploads/{sha256}", content=b"forged", headers=headers)
    assert_problem(answer, 400, "start again")
    assert_problem(other.put(f"/v1/blobs/{sha256}", content=b"forged"), 400, "another file")
    assert other.head(f"/v1/blobs/{sha256}").status_code == 404
    assert_problem(other.post("/v1/assets", json={"assets": [{"sha256": sha256}]}), 409, "PUT it")
    assert_problem(other.post("/v1/similar", json={"sha256": sha256}), 409, "PUT it")


@pytest.mark.parametrize("address", ["/v1/jobs", "/v1/validate", "/v1/plan", "/v1/stills"])
@pytest.mark.parametrize("written", ["sha256:{}", " sha256:{}#watch.mp4", "sha256:{}#a#b"])
def test_documents_name_only_media_of_their_tenant(
    shop: TestClient, other: TestClient, address: str, written: str
) -> None:
    sha256 = put(shop, b"photo")
    mine = put(other, b"mine")
    answer = other.post(
        address, content=document(f"sha256:{mine}", written.format(sha256), written.format(sha256.upper()))
    )
    assert_problem(answer, 400, "upload the file")
    assert [one["path"] for one in answer.json()["problems"]] == ["slots.photos[1]", "slots.photos[2]"]
    absent = other.post(address, content=document(f"sha256:{'0' * 64}"))
    assert absent.json()["problems"][0]["message"] == (
        answer.json()["problems"][0]["message"].replace(sha256, "0" * 64)
    ), "another tenant's things and missing ones get the same answer"


def test_fonts_of_a_timeline_are_media_of_their_tenant(
    locked: SmallFarm, shop: TestClient, other: TestClient
) -> None:
    sha256 = put(shop, named("Brand"))
    clip = {"kind": "text", "text": "Hi", "duration": 1, "look": {"families": ["Brand"]}}
    timeline = {"fonts": [f"sha256:{sha256}#Brand.ttf"], "tracks": [{"clips": [clip]}]}
    written = json.dumps({"timeline": timeline})
    answer = other.post("/v1/validate", content=written)
    assert_problem(answer, 400, "upload the file")
    assert [one["path"] for one in answer.json()["problems"]] == ["timeline.fonts[0]"]
    assert shop.post("/v1/validate", content=written).status_code == 200
    with locked.paused():
        job = shop.post("/v1/jobs", content=written).json()["id"]
        assert locked.controller.journal.owners.users_of(sha256) == ["tenant shop", f"job {job}"]


def test_yaml_cannot_hide_a_reference(shop: TestClient, other: TestClient) -> None:
    sha256 = put(shop, b"photo")
    hidden = f'template: fake.words\nslots: {{words: one, photo: "\\x73ha256:{sha256}"}}'
    assert_problem(other.post("/v1/jobs", content=hidden), 400, "of yours")
    assert shop.post("/v1/jobs", content=hidden).status_code == 202


def test_jobs_keep_what_they_name(locked: SmallFarm, shop: TestClient) -> None:
    sha256 = put(shop, b"photo")
    with locked.paused():
        job = shop.post("/v1/jobs", content=document(f"sha256:{sha256}#a.jpg")).json()["id"]
        assert locked.controller.journal.owners.users_of(sha256) == ["tenant shop", f"job {job}"]
    locked.ended(job)
    assert locked.controller.journal.owners.users_of(sha256) == ["tenant shop"]


def test_rows_of_batches_name_only_media_of_their_tenant(shop: TestClient, other: TestClient) -> None:
    sha256, mine = put(shop, b"photo"), put(other, b"mine")
    rows = "".join(f"Watch,9,12,sha256:{one}\n" for one in (sha256, mine))
    answer = other.post(
        "/v1/batches?template=retail.sale",
        content="name,price,was,photos\n" + rows,
        headers={"Content-Type": "text/csv"},
    )
    assert answer.status_code == 202, answer.text
    found = other.get(f"/v1/batches/{answer.json()['id']}/rows").json()["rows"]
    assert found[0]["state"] == "wrong"
    assert any("of yours" in one["message"] for one in found[0]["problems"]), found[0]
    assert not any("of yours" in one["message"] for one in found[1]["problems"]), found[1]


def test_library_assets_may_be_named_by_their_holders_and_official_ones_by_all(
    locked: SmallFarm, shop: TestClient, other: TestClient
) -> None:
    operator = locked.client(locked.key("ops", "operate"))
    sha256, stock = put(shop, b"asset"), put(operator, b"stock")
    assert shop.post("/v1/assets", json={"assets": [{"sha256": sha256}]}).status_code == 202
    added = operator.post("/v1/assets?owner=official", json={"assets": [{"sha256": stock}]})
    assert added.status_code == 202
    locked.controller.journal.owners.release("shop", 1e12, 10)
    assert shop.get(f"/v1/blobs/{sha256}").content == b"asset"
    assert shop.post("/v1/jobs", content=document(f"sha256:{sha256}", f"sha256:{stock}")).status_code == 202
    assert other.post("/v1/jobs", content=document(f"sha256:{stock}")).status_code == 202
    assert_problem(other.post("/v1/jobs", content=document(f"sha256:{sha256}")), 400, "of yours")


def test_quotas_refuse_with_what_is_used_and_the_remedy(locked: SmallFarm, shop: TestClient) -> None:
    locked.controller.journal.quotas.set("shop", {"upload_bytes": 10, "assets": 1, "production_bytes": 0})
    put(shop, b"12345")
    for refused in (
        shop.put(f"/v1/blobs/{hashlib.sha256(b'1234567').hexdigest()}", content=b"1234567"),
        shop.put(f"/v1/blobs/{hashlib.sha256(b'1234567').hexdigest()}", content=iter([b"1234567"])),
        shop.patch(
            f"/v1/uploads/{'0' * 64}", content=b"1", headers={"Upload-Offset": "0", "Upload-Length": "7"}
        ),
    ):
        assert_problem(refused, 429, "--upload-bytes")
        problem = refused.json()
        assert problem["type"] == "urn:farm:problem:quota"
        assert (problem["quota"], problem["limit"]) == ("upload_bytes", 10)
    shop.patch(f"/v1/uploads/{'1' * 64}", content=b"1", headers={"Upload-Offset": "0", "Upload-Length": "5"})
    begun = shop.patch(
        f"/v1/uploads/{'2' * 64}", content=b"1", headers={"Upload-Offset": "0", "Upload-Length": "5"}
    )
    assert_problem(begun, 429, "--upload-bytes")
    assets = [{"sha256": put(shop, data)} for data in (b"a", b"b")]
    assert_problem(shop.post("/v1/assets", json={"assets": assets}), 429, "--assets")
    assert_problem(shop.post("/v1/jobs", content=document()), 429, "--production-bytes")
