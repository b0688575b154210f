package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.Address;
import dev.lora4j.core.format.Ending;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.Formats;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.LayerNames;
import dev.lora4j.core.format.family.Families;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Which kind of base an adapter is for: the one whose layers fit its keys and shapes best.
 *
 * @param best absent if none has any of the layers
 * @param warnings where several fit equally well
 */
record FamilyGuess(Optional<Family> best, List<String> warnings) {
  /** Enough keys to tell, however many a hostile file has. */
  private static final int MOST_KEYS = 4000;

  private static final int FITS = 4;
  private static final int SAME_RANK = 1;
  private static final int MISFIT = -16;

  private static final Map<String, String> TRAINED =
      Map.of("sd_v1", "sd15", "sd_v2", "sd21", "sdxl_base", "sdxl", "sd3", "sd3", "flux", "flux");

  static FamilyGuess of(AdapterSource source) {
    Map<String, TensorInfo> tensors = source.tensors();
    List<TensorInfo> sample = sample(tensors);
    List<Family> best = new ArrayList<>();
    long most = 0;
    for (Family family : Families.all()) {
      KeyContext context =
          new KeyContext(new LayerNames(family), tensors.keySet(), source.metadata());
      long score = sample.stream().mapToLong(t -> score(t, context)).sum();
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

  /** Tensors that may be factors, from all over the file if there are too many. */
  private static List<TensorInfo> sample(Map<String, TensorInfo> tensors) {
    List<TensorInfo> factors =
        tensors.values().stream()
            .filter(t -> Ending.of(t.name(), tensors.keySet()).isPresent())
            .toList();
    List<TensorInfo> all = factors.isEmpty() ? List.copyOf(tensors.values()) : factors;
    int stride = (all.size() + MOST_KEYS - 1) / MOST_KEYS;
    return IntStream.range(0, all.size())
        .filter(i -> i % Math.max(1, stride) == 0)
        .mapToObj(all::get)
        .toList();
  }

  private static FamilyGuess choose(List<Family> best, Map<String, String> metadata) {
    if (best.size() < 2) {
      return new FamilyGuess(best.stream().findFirst(), List.of());
    }
    String version = metadata.getOrDefault("ss_base_model_version", "").toLowerCase(Locale.ROOT);
    for (Map.Entry<String, String> trained : TRAINED.entrySet()) {
      Optional<Family> named =
          best.stream().filter(f -> f.name().equals(trained.getValue())).findFirst();
      if (version.startsWith(trained.getKey()) && named.isPresent()) {
        return new FamilyGuess(named, List.of());
      }
    }
    String text =
        "The adapter fits "
            + String.join(" and ", best.stream().map(Family::title).toList())
            + " equally well; it is read for "
            + best.get(0).title()
            + ". Name the base to be sure.";
    return new FamilyGuess(Optional.of(best.get(0)), List.of(text));
  }

  private static int score(TensorInfo tensor, KeyContext context) {
    for (AdapterFormat format : Formats.all()) {
      Optional<Address> address = Formats.resolve(format, tensor.name(), context);
      if (address.isPresent() && address.get() instanceof Address.OfLayer of) {
        return score(tensor.shape(), of);
      }
    }
    return 0;
  }

  private static int score(Shape shape, Address.OfLayer of) {
    Site site = of.layer().whole();
    if (shape.rank() < 2 || shape.elements() == 0 || site.weight().rank() < 2) {
      return 1;
    }
    boolean down = of.role().equals(LoraMethod.DOWN);
    boolean up = of.role().equals(LoraMethod.UP);
    if (!down && !up) {
      return 1;
    }
    long wanted = down ? site.rest() : site.out();
    long found = down ? shape.elements() / shape.size(0) : shape.size(0);
    // A Tucker core has the kernel, so that the down factor has not.
    boolean fits = found == wanted || (down && shape.size(1) == site.weight().size(1));
    return fits ? FITS + (shape.rank() == site.weight().rank() ? SAME_RANK : 0) : MISFIT;
  }
}
