package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.tlora.TloraMethod;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The directions of the weight that a T-LoRA of LyCORIS began with, as far as its header says them.
 * Files hold the trained product alone; LyCORIS takes the greatest directions away from each.
 */
final class TloraDirections {
  private static final String SIZES = "." + TloraMethod.LAMBDA;
  private static final String CHOICE = "sig_type";
  private static final String OF_WEIGHT = "use_data_init";

  private TloraDirections() {}

  /**
   * Passes unless a file has a T-LoRA that began with others than the greatest.
   *
   * @param keys of all tensors
   * @throws AdapterException if it has
   */
  static void requireGreatest(Set<String> keys, Map<String, String> header) {
    keys.stream()
        .filter(key -> key.endsWith(SIZES))
        .findFirst()
        .ifPresent(key -> requireGreatest(key, header));
  }

  private static void requireGreatest(String key, Map<String, String> header) {
    SortedMap<String, String> arguments =
        new Metadata(header).get(KohyaKeys.NETWORK_ARGS).orElseGet(TreeMap::new);
    String choice = arguments.getOrDefault(CHOICE, "principal");
    String ofWeight = arguments.getOrDefault(OF_WEIGHT, "True");
    if (choice.equals("principal") && !ofWeight.equalsIgnoreCase("false")) {
      return;
    }
    throw new AdapterException(
        key
            + " is of a T-LoRA that began with "
            + (choice.equals("principal")
                ? "random numbers (" + OF_WEIGHT + " = " + ofWeight + ")"
                : "other directions of the weights than the greatest ("
                    + CHOICE
                    + " = "
                    + choice
                    + ")")
            + ". The file does not hold them, and LyCORIS takes the greatest away from every file,"
            + " so that it would not be what was trained. Train it here by the method tlora, which"
            + " stores a LoRA.");
  }
}
