package dev.lora4j.core.format.reading;

import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.Formats;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.KeySuffix;
import dev.lora4j.core.format.KohyaLabel;
import dev.lora4j.core.format.LayerNames;
import dev.lora4j.core.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Guess of the family that an adapter is for: the one whose layers fit its keys and shapes best.
 *
 * @param best absent if none has any of the layers
 * @param warnings where several fit equally well, or the header names another
 */
record FamilyGuess(Optional<Family> best, List<String> warnings) {
  /** Greatest number of keys that the guess reads, against hostile files. */
  private static final int MOST_KEYS = 4000;

  /** Length of the prefix of a family's name that names the model without its version. */
  private static final int MODEL = 3;

  static FamilyGuess of(AdapterSource source) {
    Map<String, TensorInfo> tensors = source.tensors();
    List<TensorInfo> sample = sample(tensors);
    ShapeMatch fit = new ShapeMatch(tensors);
    List<Family> best = new ArrayList<>();
    long most = 0;
    for (Family family : Families.all()) {
      long score = score(source, sample, fit, family, most);
      if (score > most) {
        best.clear();
        most = score;
      }
      if (score == most && most > 0) {
        best.add(family);
      }
    }
    return choose(best, source.metadata());
  }

  /** Returns true if most sizes of an adapter's tensors fit a base's layers. */
  static boolean fits(AdapterSource source, Family base) {
    List<TensorInfo> sample = sample(source.tensors());
    ShapeMatch fit = new ShapeMatch(source.tensors());
    long named = (long) sample.size() * ShapeMatch.NAME;
    return score(source, sample, fit, base, named) > named;
  }

  /**
   * The sum of the fits of a sample's tensors.
   *
   * @param enough the least sum that counts; for a smaller one, any number below it may be given
   */
  private static long score(
      AdapterSource source, List<TensorInfo> sample, ShapeMatch fit, Family family, long enough) {
    KeyContext context =
        new KeyContext(new LayerNames(family), source.tensors().keySet(), source.metadata());
    long score = sample.stream().mapToLong(ShapeMatch::most).sum();
    for (TensorInfo tensor : sample) {
      score += score(source, tensor, context, fit) - ShapeMatch.most(tensor);
      if (score < enough) {
        break;
      }
    }
    return score;
  }

  /** Tensors that may be factors, from all over the file if there are too many. */
  private static List<TensorInfo> sample(Map<String, TensorInfo> tensors) {
    List<TensorInfo> factors =
        tensors.values().stream()
            .filter(t -> KeySuffix.of(t.name(), tensors.keySet()).isPresent())
            .toList();
    List<TensorInfo> all = factors.isEmpty() ? List.copyOf(tensors.values()) : factors;
    int stride = (all.size() + MOST_KEYS - 1) / MOST_KEYS;
    return IntStream.range(0, all.size())
        .filter(i -> i % Math.max(1, stride) == 0)
        .mapToObj(all::get)
        .toList();
  }

  private static FamilyGuess choose(List<Family> best, Map<String, String> metadata) {
    Optional<Family> said = said(metadata);
    if (said.filter(best::contains).isPresent()) {
      return new FamilyGuess(said, List.of());
    }
    List<String> warnings = new ArrayList<>();
    if (said.isPresent() && !best.isEmpty() && contradicts(said.get(), best.get(0))) {
      warnings.add(
          "The header says that it was trained on "
              + said.get().title()
              + ", but its layers are those of "
              + best.get(0).title()
              + ", for which it is read.");
    }
    if (best.size() < 2) {
      return new FamilyGuess(best.stream().findFirst(), warnings);
    }
    String text =
        "The adapter fits "
            + String.join(" and ", best.stream().map(Family::title).toList())
            + " equally well; it is read for "
            + best.get(0).title()
            + ". Name the base to be sure.";
    warnings.add(text);
    return new FamilyGuess(Optional.of(best.get(0)), warnings);
  }

  /** Family that the trainer's metadata names; empty if it names no known one. */
  private static Optional<Family> said(Map<String, String> metadata) {
    String version = metadata.getOrDefault("ss_base_model_version", "").toLowerCase(Locale.ROOT);
    return Families.all().stream()
        .filter(
            family ->
                Families.label(family.name())
                    .flatMap(KohyaLabel::trained)
                    .filter(version::startsWith)
                    .isPresent())
        .findFirst();
  }

  /** Versions of one model, such as Stable Diffusion 3 and 3.5, go by one name in headers. */
  private static boolean contradicts(Family said, Family found) {
    return !model(said).equals(model(found));
  }

  private static String model(Family family) {
    return family.name().substring(0, Math.min(MODEL, family.name().length()));
  }

  private static int score(
      AdapterSource source, TensorInfo tensor, KeyContext context, ShapeMatch fit) {
    for (AdapterFormat format : source.dialects()) {
      Optional<KeyAddress> address = Formats.resolve(format, tensor.name(), context);
      if (address.isPresent() && address.get() instanceof KeyAddress.KnownLayer of) {
        return fit.of(tensor, of);
      }
    }
    return 0;
  }
}
