package dev.lora4j.cli.generate;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.file.PictureFile;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.diffusion.record.PngFile;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.spi.Extension;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a grid of pictures that differ in one thing along each direction. */
@Extension(
    point = Command.class,
    name = "grid",
    help = "Make pictures that differ in one thing per direction, and one sheet of them.")
@picocli.CommandLine.Command(
    name = "grid",
    sortOptions = false,
    description = "Make pictures that differ in one thing per direction, and one sheet of them.")
public final class GridCommand implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(paramLabel = "PROMPT", description = "What the pictures show.")
  private String prompt = "";

  @Option(
      names = "--x",
      paramLabel = "NAME=VALUES",
      converter = GridAxis.Reader.class,
      required = true,
      description =
          "What changes from left to right, for example seed=1-4, guidance=1..7:2, steps=10,20,"
              + " prompt=fox,cat, lora:ink=0,0.5,1 or block:ink:OUT03=0,1. Names: "
              + GridAxis.NAMES
              + ".")
  private GridAxis x = GridAxis.NONE;

  @Option(
      names = "--y",
      paramLabel = "NAME=VALUES",
      converter = GridAxis.Reader.class,
      description = "What changes from top to bottom.")
  private GridAxis y = GridAxis.NONE;

  @Option(
      names = "--z",
      paramLabel = "NAME=VALUES",
      converter = GridAxis.Reader.class,
      description = "What changes from sheet to sheet.")
  private GridAxis z = GridAxis.NONE;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description =
          "Folder for the sheets and the single pictures (default: ${DEFAULT-VALUE}). Pictures that"
              + " are there already are not made again.",
      defaultValue = "grid")
  private Path output = Path.of("grid");

  @Mixin private final MixOption mix = new MixOption();

  @Mixin private final EmbeddingOption embeddings = new EmbeddingOption();

  @Mixin private final InitImageOption start = new InitImageOption();

  @Mixin private final RequestOptions request = new RequestOptions();

  @Mixin private final ModelOptions options = new ModelOptions();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  /** A place of the grid and the request for it. */
  private record Cell(Prompt prompt, Path file) {}

  @Override
  public int run(Console console) {
    if (request.count != 1) {
      throw new ParameterException(spec.commandLine(), "A grid takes seed=1-4 for --count.");
    }
    Prompt said = request.prompts(spec, List.of(prompt)).get(0);
    requireAxes(said);
    mix.requireFiles();
    mix.requireUsed(said);
    embeddings.requireFiles();
    start.require();
    BaseOutline base = options.outline();
    requireNames(said);
    mix.requireFits(base, List.of(said));
    Prompt plain = request.fewSteps(console, mix, List.of(said)).get(0);
    ModelOptions.requireFits(base, axes(plain));
    for (GridAxis axis : List.of(x, y, z)) {
      AdapterAxis.of(axis.name()).ifPresent(a -> a.requireFits(base));
    }
    OutputFile.folder(output);
    List<Path> sheets = new ArrayList<>();
    int kept = 0;
    int made = 0;
    for (int sheet = 0; sheet < z.values().size(); sheet++) {
      requireOther(sheet(sheet));
    }
    try (OpenModel model = OpenModel.of(console, options)) {
      MixPlan named = mix.plan(console, model);
      Prompt begun =
          start.begin(
              mix.tagged(console, model, plain, named),
              model.sd().base().sizeUnit(),
              Optional.empty());
      List<Cell> cells = named(console, model, cells(begun, model.sd().sites()));
      cells.forEach(c -> requireOther(c.file()));
      List<Prompt> missing =
          cells.stream().filter(c -> !there(model, c)).map(Cell::prompt).toList();
      kept = cells.size() - missing.size();
      try (PictureMaking making = new PictureMaking(console, model.sd(), missing)) {
        for (int sheet = 0; sheet < z.values().size(); sheet++) {
          for (Cell cell : sheet(cells, sheet)) {
            if (!there(model, cell)) {
              GeneratedImage image = making.next();
              image.save(cell.file());
              made++;
            }
          }
          sheets.add(draw(cells, sheet));
        }
      } catch (RuntimeException | Error e) {
        console.note(UnfinishedWork.resumable(output, kept + made, cells.size(), drawn()));
        throw e;
      }
    }
    report(console, sheets, made, kept);
    return 0;
  }

  /** Checks the axes before anything is loaded. */
  private void requireAxes(Prompt plain) {
    Set<String> names = new HashSet<>();
    try {
      for (GridAxis axis : List.of(x, y, z)) {
        axis.require(plain);
        boolean several = axis.name().isEmpty() || axis.name().equals(GridAxis.PROMPT);
        if (!several && !names.add(axis.name())) {
          throw Failure.usage(
              "Two directions change "
                  + axis.name()
                  + ", of which one alone would count. Give all values to one of them.");
        }
      }
    } catch (IllegalArgumentException e) {
      throw Failure.usage(String.valueOf(e.getMessage()));
    }
  }

  /** Checks that the adapters of axes are there, before any is read. */
  private void requireNames(Prompt plain) {
    List<String> names = mix.names(plain);
    for (GridAxis axis : List.of(x, y, z)) {
      AdapterAxis.of(axis.name()).ifPresent(a -> Failure.usage(() -> a.require(names)));
    }
  }

  /**
   * A request for each value of each direction that needs no adapter. The possible number of steps
   * depends on samplers and schedules, so it is checked later where these change.
   */
  private List<Prompt> axes(Prompt plain) {
    List<Prompt> all = new ArrayList<>(List.of(plain));
    for (GridAxis axis : List.of(x, y, z)) {
      if (AdapterAxis.of(axis.name()).isEmpty() && !samplers()) {
        for (int i = 0; i < axis.values().size(); i++) {
          int value = i;
          all.add(Failure.usage(() -> axis.apply(plain, value, new SiteCatalogue(List.of()))));
        }
      }
    }
    return all;
  }

  private boolean samplers() {
    return Stream.of(x, y, z).map(GridAxis::name).anyMatch(Set.of("sampler", "schedule")::contains);
  }

  /** The seed that a repeated command would draw again. */
  private Optional<Long> drawn() {
    boolean fromAxis = List.of(x, y, z).stream().anyMatch(a -> a.name().equals("seed"));
    return fromAxis ? Optional.empty() : request.drawn();
  }

  private List<Cell> cells(Prompt begun, SiteCatalogue sites) {
    List<Cell> cells = new ArrayList<>();
    try {
      for (int k = 0; k < z.values().size(); k++) {
        for (int j = 0; j < y.values().size(); j++) {
          for (int i = 0; i < x.values().size(); i++) {
            Prompt one = z.apply(y.apply(x.apply(begun, i, sites), j, sites), k, sites);
            String name = String.format(Locale.ROOT, "z%02d-y%02d-x%02d.png", k + 1, j + 1, i + 1);
            cells.add(new Cell(one, output.resolve(name)));
          }
        }
      }
    } catch (IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
    return cells;
  }

  /** Adds the textual inversions that the prompts name. */
  private List<Cell> named(Console console, OpenModel model, List<Cell> cells) {
    List<Prompt> prompts =
        embeddings.named(console, model, cells.stream().map(Cell::prompt).toList());
    List<Cell> named = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      named.add(new Cell(prompts.get(i), cells.get(i).file()));
    }
    return named;
  }

  private List<Cell> sheet(List<Cell> cells, int sheet) {
    int size = x.values().size() * y.values().size();
    return cells.subList(sheet * size, (sheet + 1) * size);
  }

  /** True if an earlier run left the picture of this very request and base. */
  private static boolean there(OpenModel model, Cell cell) {
    if (!Files.exists(cell.file())) {
      return false;
    }
    try {
      PictureRecord record = PictureRecord.read(cell.file());
      PictureRecord wanted = PictureRecord.of(cell.prompt(), record.info());
      Route route = cell.prompt().mix().route();
      boolean anyRoute = route == Route.AUTO || wanted.adapters().isEmpty();
      return (anyRoute || record.info().route().equals(route.recorded()))
          && record.info().baseHash().equals(model.sd().base().hash())
          && record.info().configuration().equals(model.sd().base().configuration())
          && record.info().compute().equals(model.sd().base().precision().text())
          && model.sd().completed(wanted.prompt()).equals(record.prompt())
          && wanted.adapters().equals(record.adapters())
          && wanted.mixer().equals(record.mixer())
          && wanted.embeddings().equals(record.embeddings())
          && wanted.start().equals(record.start());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private Path sheet(int sheet) {
    boolean only = z.values().size() == 1;
    return output.resolve(
        only ? "grid.png" : String.format(Locale.ROOT, "grid-z%02d.png", sheet + 1));
  }

  /** Refuses a file that the command reads. */
  private void requireOther(Path file) {
    start.requireOther(file);
    mix.requireOther(file);
  }

  private Path draw(List<Cell> cells, int sheet) {
    List<String> headings = new ArrayList<>();
    for (int i = 0; i < x.values().size(); i++) {
      headings.add(x.label(i));
    }
    PictureGrid grid = new PictureGrid(z.label(sheet), headings);
    List<Cell> own = sheet(cells, sheet);
    for (int j = 0; j < y.values().size(); j++) {
      List<BufferedImage> row = new ArrayList<>();
      for (int i = 0; i < headings.size(); i++) {
        row.add(PictureFile.read(own.get(j * headings.size() + i).file()));
      }
      grid.add(y.label(j), row);
    }
    Path file = sheet(sheet);
    boolean only = z.values().size() == 1;
    PngFile.write(file, grid.draw(), prompt + (only ? "" : "\n" + z.label(sheet)));
    return file;
  }

  private void report(Console console, List<Path> sheets, int made, int kept) {
    if (json) {
      console.print(
          new Json()
              .put("sheets", sheets.stream().map(Path::toString).toList())
              .put("made", made)
              .put("kept", kept)
              .toString());
      return;
    }
    for (int i = 0; i < sheets.size(); i++) {
      console.print(sheets.get(i) + (sheets.size() > 1 ? "  " + z.label(i) : ""));
    }
    console.print(
        made + " pictures made" + (kept > 0 ? ", " + kept + " kept from before" : "") + ".");
  }
}
