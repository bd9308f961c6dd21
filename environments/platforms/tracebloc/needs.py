"""Which sentences need a part of the platform that a deployment may keep to itself, so that no tag can be forgotten."""

_OF_THE_STORE = (
    # a secure environment hands weights in by its requests-proxy, which keeps them in the object store
    r"secure environment (?:whose .*|without the image of its training jobs )?is Online",
    r"stub participant behind a requests-proxy",
    r"the owner (?:tries to install|installs) the client",
    # a stub participant puts them there itself
    r"stub participants? trains? cycle \d+ of \"",
    r"environment trains cycle \d+ to an accuracy of",
    r"each to an accuracy of",
    r"\"[^\"]*\" has trained cycle 1 of",
    r"their weights are stored",
    r"a data scientist on the running platform",
    r"\"[^\"]*\" keeps the .* on the platform",
    # somebody looks into it
    r"asks the object store for it",
    r"a link that lasts a second opens it",
    r"uses the weights of the \w+ stub participant alone",
    r"averaged weights of cycle",
    r"each stub participant is asked to train cycle",
    r"trained on the same \d+ rows",
    r"in the object store",
    r"trains models that draw by chance",
    r"nothing of .* is kept",
    r"averaged coefficients",
    r"(?:the|of the) trained weights",
    r"the score is the rmse that the stored weights give",
    r"the weights are saved",
)
_OF_PEOPLE = (
    # its owner is somebody, and registers it
    r"secure environment (?:whose .*|without the image of its training jobs )?is Online",
    r"secure environment without a client has reported",
    r"stub participant(?:, whose .*,)? is Online",
    r"stub participant behind a requests-proxy",
    r"owns a secure environment that",
    r"a data scientist on the running platform",
    r"the owner has registered",
    r"a file for the reference ingestor",
    r"these datasets cannot be attached",
    # whoever is named comes to the platform
    r"has an account",
    r"the owner signs up",
    r"\" has joined (?!another use case on the same)",
    r"\" is in the team of ",
    r"\" is invited to ",
    r"invites two collaborators",
    r"both collaborators accept the rules, join",
)
STORE, ACCOUNTS = "store", "accounts"
SENTENCES_THAT_NEED = {STORE: "|".join(_OF_THE_STORE), ACCOUNTS: "|".join(_OF_PEOPLE)}
