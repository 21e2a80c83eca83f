"""The course: its lessons in order. A lesson's number is its place in `LESSONS`; its folder has its name."""

from galviz.course.lesson import Lesson

PATH = "The path"

LESSONS = (
    Lesson(
        slug="galaxies",
        title="The galaxies",
        minutes=10,
        difficulty=1,
        claim="A galaxy's picture betrays its chemistry: you can see it before any network does.",
        afterwards="read a survey's catalogue without harm to its ids, and say what metallicity measures",
        part=PATH,
    ),
    Lesson(
        slug="images",
        title="Preparing images",
        minutes=15,
        difficulty=1,
        claim="The network never sees the file: it sees a part of it, varied at random, as numbers around zero.",
        afterwards="cut an image as the network needs it, and scale it with the right mean and standard deviation",
        before=("galaxies",),
        part=PATH,
    ),
    Lesson(
        slug="network",
        title="The network",
        minutes=20,
        difficulty=2,
        claim="A network is weighted sums with a bend between them; what it knows is in millions of learnt numbers.",
        afterwards="compute a convolution by hand, and say what each part of a residual network does",
        before=("images",),
        part=PATH,
    ),
    Lesson(
        slug="training",
        title="Training",
        minutes=15,
        difficulty=2,
        claim="A network learns by being a little less wrong, over and over; even a perfect one would not reach zero.",
        afterwards="read a curve of losses, and take a step down a gradient yourself",
        before=("network",),
        part=PATH,
    ),
    Lesson(
        slug="predictions",
        title="Predictions",
        minutes=15,
        difficulty=1,
        claim="A prediction is worth what its errors say: how large, in which direction, of which galaxies.",
        afterwards="measure errors by RMSE, NMAD and bias, and find rows that have fallen out of step",
        before=("training",),
        part=PATH,
    ),
    Lesson(
        slug="hooks",
        title="Hooks",
        minutes=20,
        difficulty=2,
        claim="You can listen to any layer while the network works, if you leave nothing behind.",
        afterwards="catch what any layer of a network answers, and leave the network as it was",
        before=("network", "predictions"),
        part=PATH,
    ),
    Lesson(
        slug="pca",
        title="Principal components",
        minutes=20,
        difficulty=2,
        claim="A few axes keep most of what hundreds of numbers say of a galaxy, and a number tells how much.",
        afterwards="compute principal components from the singular value decomposition, and whiten them",
        before=("hooks",),
        part=PATH,
    ),
    Lesson(
        slug="space",
        title="The feature space",
        minutes=20,
        difficulty=2,
        claim="Galaxies alike to the network lie close together; you can find out what changes along its axes.",
        afterwards="read a plane of components, and tell what the network's head put there",
        before=("pca",),
        part=PATH,
    ),
    Lesson(
        slug="points",
        title="Galaxies as points",
        minutes=15,
        difficulty=1,
        claim="Put each galaxy's picture where its point was, and you see what changes along the axes.",
        afterwards="choose galaxies that stand for a whole survey, and look for what changes along an axis",
        before=("space",),
        part=PATH,
    ),
    Lesson(
        slug="variance",
        title="How many components?",
        minutes=20,
        difficulty=2,
        claim="A share of variance measured on a sample is an estimate: give it an interval, and test it on others.",
        afterwards="say how sure an explained variance is, and choose a number of components for a reason",
        before=("pca",),
    ),
    Lesson(
        slug="meaning",
        title="What do the components mean?",
        minutes=30,
        difficulty=3,
        claim="What a component means is a number with an interval, and a control that could have come out the same.",
        afterwards="test a claim about what a network learnt against known causes and against controls",
        before=("space", "variance"),
    ),
    Lesson(
        slug="maps",
        title="Other maps",
        minutes=20,
        difficulty=2,
        claim="A map of neighbours keeps who is near and gives up how far: read clusters and gaps with care.",
        afterwards="draw t-SNE and UMAP beside PCA, and say by a number what each keeps",
        before=("space",),
    ),
)


def lesson(slug: str) -> Lesson:
    """Find a lesson by the name of its folder.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    for candidate in LESSONS:
        if candidate.slug == slug:
            return candidate
    known = ", ".join(candidate.slug for candidate in LESSONS)
    raise ValueError(f"slug must be one of {known}; got {slug!r}. Add a new lesson to LESSONS.")
