"""The texts that a new site has until its administrators write their own."""

DESCRIPTION = (
    "Researchers and citizen scientists use <your site name> to identify and track individual "
    "<your species here> by photographs."
)
TAGLINE = "Welcome to <your site name>"
SUBTITLE = "AI for the conservation of <your species here>."
HELP = (
    "<your site name> relies on the sightings that people like you report. "
    "Help us by sharing your photographs, or with a donation."
)
CARD_LINE = "Set up your custom card in the site configuration menu."
SECONDARY = [
    "Every photograph of an animal helps researchers to know it again.",
    "Thank you for being a part of it.",
]
ADOPTION = "Adopt an animal"
LEGAL = "The photographs on this site belong to those who took them."
