"""The one place of the package's metadata; every dependency has its reason."""

from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent

REQUIRES = [
    # The application
    "pyramid>=2.1",  # routes, traversal, ACLs, exception views
    "waitress>=3.0",  # the server of the ini files, pure Python
    "plaster_pastedeploy>=1.0",  # reads the ini files
    "cornice>=6.1",  # services; behind houston.core.api.service
    "cornice_swagger>=1.0.1",  # Swagger; behind houston.core.api.openapi
    "setuptools<80.9",  # cornice imports pkg_resources: 80.9 complains aloud, 82 removes it
    "colander>=2.0",  # the node tree under our strict schemas
    "orjson>=3.10",  # writes JSON several times faster than the standard library
    "multipart>=1.2",  # reads forms; WebOb does with a module that Python 3.13 dropped
    "jsonpatch>=1.33",  # RFC 6902; brings jsonpointer
    # The database
    "sqlalchemy>=2.0.44",  # models and queries; 2.1 needs Python 3.11
    "alembic>=1.13",  # migrations
    "zope.sqlalchemy>=4.1",  # joins sessions to the request's transaction
    "transaction>=5.0",  # that transaction
    "pyramid_tm>=2.6",  # begins and ends it around each request
    "psycopg[binary]>=3.2",  # PostgreSQL
    # Security
    "oauthlib>=4.0.1",  # the OAuth2 provider; 4.0.1 fixes CVE-2026-49272
    "argon2-cffi>=23.1",  # password hashes
    "zxcvbn>=4.5",  # the list of common passwords
    "email-validator>=2.3",  # the grammar of e-mail addresses
    "limits>=5.0",  # rate limits, in memory or in Redis
    # After the commit
    "huey>=3.5",  # the queue of background jobs and its workers, on SQLite or Redis
    "redis>=5.0",  # shared rate limits, and jobs between processes
    "jinja2>=3.1",  # mail and the consent page
    # Files
    "pillow>=12.0",  # reads, turns and shrinks photographs
    "pillow-heif>=1.1",  # HEIC, which phones write; its wheels bring the decoder
    "puremagic>=1.28",  # what a file is by its content, without a system library
    "fsspec>=2025.1",  # one interface to folders and object stores
    "xlsxwriter>=3.2",  # writes spreadsheets in constant memory
    "brotli>=1.1",  # the web client is a tenth to a fifth smaller than by gzip
    # Other services
    "httpx>=0.27",  # asks the image analysis and reCAPTCHA
    "cachetools>=6.0",  # keeps their answers for a while; `condition` came with 6.0
    # Operations
    "prometheus-client>=0.20",  # /metrics
    "invoke>=2.2",  # the `houston` command and `invoke --list`
]

S3 = ["s3fs>=2025.1"]  # fsspec's way to S3; a site that keeps files in a folder needs none of it

TESTS = [
    *S3,
    "aiosmtpd",  # a real SMTP server to receive mail
    "factory_boy",  # rows for tests
    "frictionless",  # validates Camtrap DP, a data package
    "flask-cors",  # what moto needs to be a server
    "hypothesis",  # laws of schemas and patches
    "jsonschema",  # responses against the published document
    "moto[s3]",  # an S3 server
    "openapi-generator-cli",  # the jar that generates clients
    "openapi-spec-validator",  # the published documents are valid
    "openpyxl",  # reads the spreadsheets of exports
    "pytest",
    "pytest-cov",
    "pytest-xdist",  # the suite on all processors
    "python-dateutil",  # what generated Python clients need
    "requests-oauthlib",  # a real OAuth2 client
    "schemathesis",  # fuzzes every operation by the document
    "tuspy",  # a real client of resumable uploads
    "websocket-client",  # drives the browser that tests the interactive page
    "webtest",  # functional tests without a socket
    "xdoctest",  # runs the examples of docstrings
]

DEVELOPMENT = [
    "bandit",  # security lint
    "furo",  # the theme of the documentation
    "import-linter",  # holds the direction of imports
    "ipython",  # the shell of pshell
    "mypy",
    "myst-parser",  # Sphinx reads the Markdown of docs/
    "pip-audit",
    "pre-commit",
    "pre-commit-hooks",  # line endings, permissions, private keys, large files, merge conflicts
    "pyramid_ipython",  # lets pshell open ipython
    "ruff",
    "sphinx",  # `make docs`
    "fastapi",  # baselines of the benchmark, as are the next two
    "flask",
    "uvicorn",
]

setup(
    name="houston",
    version="1.0.0",
    description="The backend of Wildbook: sightings, individuals and the people who study them.",
    long_description=(HERE / "README.md").read_text(),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.10",
    packages=[*find_packages(include=["houston", "houston.*"]), "houston.migrations"],
    package_dir={"houston.migrations": "alembic"},
    package_data={
        "houston": ["**/*.j2", "**/static/*", "**/catalogue/*.json", "py.typed"],
        "houston.migrations": ["env.py", "script.py.mako", "versions/*.py"],
    },
    install_requires=REQUIRES,
    extras_require={"s3": S3, "tests": TESTS, "development": [*TESTS, *DEVELOPMENT]},
    entry_points={
        "paste.app_factory": ["main = houston:main"],
        "paste.server_runner": ["server = houston.server:serve"],
        "console_scripts": ["houston = houston.scripts:main"],
    },
)
