package dev.lora4j.cli;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.pipeline.GeneratedImage;
import dev.lora4j.diffusion.pipeline.PngFile;
import dev.lora4j.diffusion.pipeline.Prompt;
import dev.lora4j.diffusion.sampling.LevelLaw;
import dev.lora4j.diffusion.sampling.Samplers;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes pictures. */
@picocli.CommandLine.Command(
    name = "generate",
    sortOptions = false,
    description = "Make pictures from prompts, with any number of adapters blended in.")
public final class GenerateCommand implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "PROMPT",
      description =
          "What the picture shows. (word:1.3) counts more, [word] less, BREAK starts anew.")
  private List<String> prompts = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.png",
      description = "Where to write (default: ${DEFAULT-VALUE}); several pictures are numbered.",
      defaultValue = "out.png")
  private Path output = Path.of("out.png");

  @Mixin private final MixOption mix = new MixOption();

  @Mixin private final StartOption start = new StartOption();

  @Option(
      names = "--negative",
      paramLabel = "TEXT",
      description = "What the picture must not show.")
  private String negative = "";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the first picture; the next ones count up (default: drawn and printed).")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Pictures for each prompt (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int count;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps of the sampler (default: ${DEFAULT-VALUE}).",
      defaultValue = "20")
  private int steps;

  @Option(
      names = "--guidance",
      paramLabel = "X",
      description = "How closely to follow the prompt (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private double guidance;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      converter = PictureSize.Reader.class,
      description = "Size in pixels (default: the base's own).")
  private Optional<PictureSize> size = Optional.empty();

  @Option(
      names = "--sampler",
      paramLabel = "NAME",
      completionCandidates = Names.OfSamplers.class,
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
      defaultValue = "ddim")
  private String sampler = "ddim";

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      completionCandidates = Names.OfLevelLaws.class,
      description =
          "Levels of noise to visit: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
      defaultValue = "default")
  private String schedule = "default";

  @Option(
      names = "--clip-skip",
      paramLabel = "N",
      description = "Layers of the text encoder to leave out (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private int clipSkip;

  @Option(names = "--grid", description = "One file with all pictures, a row for each prompt.")
  private boolean grid;

  @Mixin private final ModelOptions options = new ModelOptions();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    List<Prompt> plain = checked();
    mix.requireFiles();
    start.require();
    OutputFile.require(output, ".png");
    long began = System.nanoTime();
    try (OpenModel model = OpenModel.of(console, options)) {
      MixPlan plan = mix.plan(console, model);
      List<Prompt> wanted = begun(model, plain).stream().map(p -> p.mix(plan)).toList();
      Map<Path, List<Prompt>> written = make(console, model, wanted);
      report(console, model, plan, written, (System.nanoTime() - began) / 1e9);
    }
    return 0;
  }

  private List<Prompt> begun(OpenModel model, List<Prompt> plain) {
    int unit = model.sd().base().sizeUnit();
    try {
      return plain.stream().map(p -> start.begin(p, unit)).toList();
    } catch (IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The prompts without adapters; what is wrong with the options is found before anything is
   * loaded.
   */
  private List<Prompt> checked() {
    try {
      LevelLaw law = LevelLaw.named(schedule);
      law.requireFollowedBy(Samplers.named(sampler));
      if (count < 1) {
        throw new IllegalArgumentException("--count must be at least 1, found " + count);
      }
      long first = seed.orElseGet(() -> (long) new SecureRandom().nextInt(Integer.MAX_VALUE));
      List<Prompt> all = new ArrayList<>();
      for (String text : prompts) {
        for (int i = 0; i < count; i++) {
          Prompt prompt = Prompt.of(text).negative(negative).seed(first + i).steps(steps);
          prompt = prompt.guidance(guidance).sampler(sampler).schedule(law).clipSkip(clipSkip);
          PictureSize pixels = size.orElse(new PictureSize(0, 0));
          all.add(prompt.size(pixels.width(), pixels.height()));
        }
      }
      return all;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private Map<Path, List<Prompt>> make(Console console, OpenModel model, List<Prompt> wanted) {
    Map<Path, List<Prompt>> written = new LinkedHashMap<>();
    List<BufferedImage> images = new ArrayList<>();
    try (PictureMaking making = new PictureMaking(console, model.sd(), wanted)) {
      for (int i = 0; i < wanted.size(); i++) {
        GeneratedImage made = making.next();
        images.add(made.image());
        if (!grid) {
          Path file = OutputFile.numbered(output, i, wanted.size());
          made.save(file);
          written.put(file, List.of(wanted.get(i)));
        }
      }
    }
    if (grid) {
      List<String> seeds = wanted.stream().limit(count).map(p -> "seed " + p.seed()).toList();
      PictureGrid sheet = new PictureGrid(seeds);
      for (int row = 0; row < prompts.size(); row++) {
        sheet.add(prompts.get(row), images.subList(row * count, (row + 1) * count));
      }
      PngFile.write(output, sheet.draw(), String.join("\n", prompts));
      written.put(output, wanted);
    }
    return written;
  }

  private void report(
      Console console,
      OpenModel model,
      MixPlan plan,
      Map<Path, List<Prompt>> written,
      double seconds) {
    if (json) {
      List<Map<String, Object>> files = new ArrayList<>();
      written.forEach(
          (file, made) ->
              made.forEach(
                  p ->
                      files.add(
                          new Json()
                              .put("file", file.toString())
                              .put("prompt", p.text())
                              .put("seed", p.seed())
                              .fields())));
      console.print(
          new Json()
              .put("pictures", files)
              .put("adapters", mix.json(plan))
              .put("base", model.sd().base().path().toString())
              .put("compute", model.compute().toString())
              .put("device", model.lora().engine().device().toString())
              .put("seconds", seconds)
              .toString());
      return;
    }
    written.forEach(
        (file, made) -> {
          String seeds =
              made.stream().map(p -> Long.toString(p.seed())).distinct().toList().toString();
          console.print(file + "  seed " + seeds.replaceAll("[\\[\\]]", ""));
        });
    mix.lines(plan).forEach(line -> console.print("  " + line));
    console.note("Done in " + Durations.text(seconds) + ".");
  }
}
