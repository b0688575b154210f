package dev.lora4j.vision.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.vision.Classification;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command that classifies pictures. */
@picocli.CommandLine.Command(
    name = "classify",
    sortOptions = false,
    description = {
      "Tell which classes pictures are of, by the head of an adapter that was trained on pictures"
          + " with classes, or of the base.",
      "The likeliest classes are printed with their probabilities."
    })
final class VisionClassify implements Command {
  @Parameters(paramLabel = "PICTURE", arity = "1..*", description = "Pictures to classify.")
  private List<Path> files = new ArrayList<>();

  @Mixin private final VisionModelOptions options = new VisionModelOptions();

  @Option(
      names = "--lora",
      paramLabel = "PATH[:WEIGHT]",
      converter = LoraOption.Reader.class,
      description = "Adapter to blend in, and its weight (default: 1). May be given several times.")
  private List<LoraOption> loras = new ArrayList<>();

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "Classes of each picture (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private int top;

  @Option(names = "--json", description = "Report as one JSON object, with all classes.")
  private boolean json;

  @Override
  public int run(Console console) {
    if (top < 1) {
      throw Failure.usage("--top must be at least 1, found " + top + ".");
    }
    List<PixelMap> pictures = files.stream().map(VisionClassify::read).toList();
    List<String> labels = options.classes(loras);
    try (VisionModelOptions.Open open = options.open(console, labels, 0, VisionMix.files(loras))) {
      MixPlan mix = VisionMix.of(console, loras, open.model());
      List<PixelMap> resized = pictures.stream().map(open.preparation()::resized).toList();
      List<Classification> found =
          open.model().classification().of(resized, open.preparation(), mix, done -> {});
      if (json) {
        console.print(report(found).toString());
      } else {
        tell(console, found);
      }
    }
    return 0;
  }

  private static PixelMap read(Path file) {
    try {
      return PictureFile.read(ExistingPath.file(file)).decode();
    } catch (PictureFileException e) {
      throw new Failure(file + " " + e.getMessage(), e);
    }
  }

  private void tell(Console console, List<Classification> found) {
    for (int i = 0; i < found.size(); i++) {
      Classification one = found.get(i);
      List<String> likeliest =
          one.order().stream()
              .limit(top)
              .map(
                  n ->
                      String.format(
                          Locale.ROOT, "%s %.4f", one.labels().get(n), one.values().get(n)))
              .toList();
      console.print(files.get(i) + "  " + String.join("  ", likeliest));
    }
  }

  private Json report(List<Classification> found) {
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      Classification one = found.get(i);
      Map<String, Object> each = new LinkedHashMap<>();
      for (int label = 0; label < one.labels().size(); label++) {
        each.put(one.labels().get(label), one.values().get(label));
      }
      all.add(
          new Json()
              .put("picture", files.get(i).toString())
              .put("label", one.label())
              .put("probability", one.probability())
              .put("probabilities", each)
              .fields());
    }
    return new Json().put("pictures", all);
  }
}
