package dev.lora4j.studio.blend;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.studio.action.BaseArguments;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.library.AdapterPlaces;
import java.util.List;

/** The command line that makes the picture of a blend. */
final class BlendWords {
  private final AdapterPlaces places;
  private final Regions regions;
  private final BaseArguments bases;

  BlendWords(AdapterPlaces places, Regions regions, BaseArguments bases) {
    this.places = places;
    this.regions = regions;
    this.bases = bases;
  }

  /**
   * The words after the program.
   *
   * @param more options of the file and the like
   * @throws FieldException if a command line cannot say it
   */
  List<String> of(ResolvedBlend resolved, List<String> more) {
    return of("generate", resolved, more);
  }

  /** The same of another command that takes the options of {@code generate}. */
  List<String> of(String command, ResolvedBlend resolved, List<String> more) {
    Blend blend = resolved.blend();
    CommandWords words = new CommandWords(command);
    boolean last = blend.text().startsWith("-");
    if (!last) {
      words.value(blend.text());
    }
    words.all(bases.named(resolved.service().name()));
    for (int i = 0; i < blend.rows().size(); i++) {
      words.option("--lora", adapter(blend.rows().get(i), resolved.files().get(i)));
    }
    for (int i = 0; i < blend.rows().size(); i++) {
      details(words, resolved, i);
    }
    if (!blend.mixer().isEmpty()) {
      words.option("--mixer", blend.mixer());
    }
    if (blend.route() != Route.AUTO) {
      words.option("--route", blend.route() == Route.MERGED ? "merged" : "unmerged");
    }
    if (!blend.negative().isEmpty()) {
      words.option("--negative", blend.negative());
    }
    blend.seed().ifPresent(seed -> words.option("--seed", Long.toString(seed)));
    blend.steps().ifPresent(steps -> words.option("--steps", Integer.toString(steps)));
    blend.guidance().ifPresent(scale -> words.option("--guidance", number(scale)));
    if (!blend.sampler().isEmpty()) {
      words.option("--sampler", blend.sampler());
    }
    if (blend.schedule() != SigmaSchedule.DEFAULT) {
      words.option("--schedule", blend.schedule().text());
    }
    if (blend.width() > 0) {
      words.option("--size", blend.width() + "x" + blend.height());
    }
    words.all(bases.computing(resolved.service().name())).all(more);
    return last ? words.values(List.of(blend.text())).words() : words.words();
  }

  private String adapter(BlendRow row, AdapterFile file) {
    String weight = row.weight().equals(Weight.of(1)) ? "" : row.weight().text();
    return places.weighted(row.field("name"), file, weight);
  }

  private void details(CommandWords words, ResolvedBlend resolved, int index) {
    BlendRow row = resolved.blend().rows().get(index);
    row.text().ifPresent(weight -> detail(words, resolved, index, "--lora-te", number(weight)));
    if (!row.blocks().isEmpty()) {
      detail(words, resolved, index, "--blocks", row.blocks());
    }
    if (!row.region().isEmpty()) {
      detail(words, resolved, index, "--region", regions.shown(row.region()));
    }
  }

  /** An option that names its adapter by the file's name, which no other may have then. */
  private static void detail(
      CommandWords words, ResolvedBlend resolved, int index, String option, String value) {
    String name = name(resolved.files().get(index));
    BlendRow row = resolved.blend().rows().get(index);
    long alike = resolved.files().stream().filter(file -> name(file).equals(name)).count();
    if (alike > 1 || name.contains("=")) {
      throw new FieldException(
          row.field("name"),
          option
              + " of a command line names an adapter by its file, and "
              + (alike > 1 ? "two of the blend are called " + name : name + " has a =")
              + ". Rename the file to have a command line.");
    }
    words.option(option, name + "=" + value);
  }

  private static String name(AdapterFile file) {
    return LoraOption.name(file.path());
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
