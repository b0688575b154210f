package dev.lora4j.vision.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.vision.data.ClassFolders;
import dev.lora4j.vision.data.ClassedPicture;
import dev.lora4j.vision.data.PictureDataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command that scores a model on pictures of known classes. */
@picocli.CommandLine.Command(
    name = "evaluate",
    sortOptions = false,
    description = {
      "Tell how many pictures of each class a model takes for each, with adapters or without.",
      "The data are a folder with a folder of pictures for each class. After a training, say the"
          + " same --held-out and --seed, and those that it did not learn are scored."
    })
final class VisionEvaluate implements Command {
  @Mixin private final VisionModelOptions options = new VisionModelOptions();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder with a folder of pictures for each class.")
  private Path data = Path.of("");

  @Option(
      names = "--lora",
      paramLabel = "PATH[:WEIGHT]",
      converter = LoraOption.Reader.class,
      description = "Adapter to blend in, and its weight (default: 1). May be given several times.")
  private List<LoraOption> loras = new ArrayList<>();

  @Option(
      names = "--held-out",
      paramLabel = "SHARE",
      description =
          "Score the pictures that vision train held out by this share (default: all pictures).")
  private Optional<Double> heldOut = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed by which they were held out (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private long seed;

  @Option(
      names = "--wrong",
      description = "List the pictures that were taken for another class, the surest first.")
  private boolean wrong;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    if (heldOut.isPresent() && !(heldOut.get() > 0 && heldOut.get() < 1)) {
      throw Failure.usage("--held-out must be above 0 and below 1, found " + heldOut.get() + ".");
    }
    List<String> labels = options.classes(loras);
    ClassFolders all = VisionTrain.folders(data);
    ClassFolders some = heldOut.map(share -> all.part(share, seed, true)).orElse(all);
    if (some.count() == 0) {
      throw new Failure("No picture is held out by --held-out " + heldOut.orElse(0.0) + ".");
    }
    ClassFolders known;
    try {
      known = some.in(labels);
    } catch (PictureDataException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
    try (VisionModelOptions.Open open = options.open(console, labels, 0, VisionMix.files(loras))) {
      MixPlan mix = VisionMix.of(console, loras, open.model());
      List<ClassedPicture> pictures = VisionTrain.read(console, known, open.preparation());
      VisionScores scores = VisionScores.of(console, "pictures", open, pictures, mix);
      if (json) {
        Json told = scores.json();
        if (wrong) {
          told.put("wrong", scores.wrong().stream().map(i -> json(scores, i)).toList());
        }
        console.print(told.toString());
        return 0;
      }
      console.print(scores.line(loras.isEmpty() ? "base" : LoraOption.names(loras)));
      console.print(scores.table());
      if (wrong) {
        scores.wrong().forEach(i -> console.print(line(scores, i)));
      }
    }
    return 0;
  }

  private static String line(VisionScores scores, int picture) {
    return String.format(
        Locale.ROOT,
        "%s  %s %.4f",
        scores.pictures().get(picture).name(),
        scores.found().get(picture).label(),
        scores.found().get(picture).probability());
  }

  private static Object json(VisionScores scores, int picture) {
    return new Json()
        .put("picture", scores.pictures().get(picture).name())
        .put("label", scores.found().get(picture).label())
        .put("probability", scores.found().get(picture).probability())
        .fields();
  }
}
