package dev.lora4j.core.mix;

import dev.lora4j.core.format.BlockName;
import dev.lora4j.core.format.BlockNames;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Shares of an adapter's weight by the blocks of a base, as people write them: {@code
 * BASE:0,IN:0.5,OUT03-05:0.2}, where {@code IN} is all blocks that begin so, later entries go
 * before earlier ones, and blocks that are not named count fully; or one number for each block of a
 * list that the A1111 extension LoRA Block Weight knows, 17 or 26 for Stable Diffusion 1 and 2, 12
 * or 20 for XL.
 */
public final class BlockWeights {
  private static final Pattern ENTRY =
      Pattern.compile("([A-Z]+|T5)(\\d{1,2})?(?:-(?:[A-Z]+)?(\\d{1,2}))?:([-+.0-9eE]+)");
  private static final Map<Integer, List<String>> LISTS =
      Map.of(
          17, List.of("BASE", "IN01-02", "IN04-05", "IN07-08", "M00", "OUT03-11"),
          26, List.of("BASE", "IN00-11", "M00", "OUT00-11"),
          12, List.of("BASE", "IN04-05", "IN07-08", "M00", "OUT00-05"),
          20, List.of("BASE", "IN00-08", "M00", "OUT00-08"));

  private final BlockNames names;
  private final Map<BlockName, Double> shares = new LinkedHashMap<>();

  private BlockWeights(BlockNames names) {
    this.names = names;
  }

  /**
   * The shares at the sites of a base.
   *
   * @throws IllegalArgumentException if the text is neither form, or the base has no such block
   */
  public static SiteShares of(String text, SiteCatalogue sites) {
    BlockWeights weights = new BlockWeights(new BlockNames(sites));
    if (text.matches("[-+.0-9eE,\\s]+")) {
      weights.list(text);
    } else {
      for (String entry : text.split(",", -1)) {
        weights.entry(entry.strip());
      }
    }
    SortedMap<String, Double> bySite = new TreeMap<>();
    for (Site site : sites.all()) {
      weights
          .names
          .of(site.name())
          .map(weights.shares::get)
          .filter(share -> share != 1)
          .ifPresent(share -> bySite.put(site.name(), share));
    }
    return new SiteShares(text, bySite);
  }

  private void list(String text) {
    List<Double> numbers =
        Arrays.stream(text.split(",", -1)).map(n -> number(n.strip(), text)).toList();
    List<BlockName> blocks = new ArrayList<>();
    for (String range : LISTS.getOrDefault(numbers.size(), List.of())) {
      blocks.addAll(matching(range + ":1"));
    }
    if (blocks.size() != numbers.size()) {
      throw new IllegalArgumentException(
          "A list of "
              + numbers.size()
              + " block weights fits none of the lists that are known for this base; its blocks are "
              + known()
              + ", and BLOCK:WEIGHT names them one by one.");
    }
    // What a list has no place for counts fully.
    for (int i = 0; i < numbers.size(); i++) {
      shares.put(blocks.get(i), numbers.get(i));
    }
  }

  private void entry(String entry) {
    List<BlockName> blocks = matching(entry);
    String share = entry.substring(entry.indexOf(':') + 1);
    blocks.forEach(block -> shares.put(block, number(share, entry)));
  }

  private List<BlockName> matching(String entry) {
    Matcher form = ENTRY.matcher(entry);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "Block weights are written BLOCK:WEIGHT, for example BASE:0,IN:0.5,OUT03-05:0.2; found '"
              + entry
              + "'.");
    }
    List<BlockName> found =
        names.all().stream().filter(block -> matches(block.toString(), form)).toList();
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "This base has no block '"
              + entry.substring(0, entry.indexOf(':'))
              + "'; its blocks are "
              + known()
              + ".");
    }
    return found;
  }

  private static boolean matches(String block, Matcher form) {
    String letters = form.group(1);
    if (block.equals(letters)) {
      return form.group(2) == null;
    }
    String number = block.startsWith(letters) ? block.substring(letters.length()) : "";
    if (!number.matches("\\d+")) {
      return false;
    }
    if (form.group(2) == null) {
      return true;
    }
    int at = Integer.parseInt(number);
    int from = Integer.parseInt(form.group(2));
    int to = form.group(3) == null ? from : Integer.parseInt(form.group(3));
    return from <= at && at <= to;
  }

  private static double number(String text, String whole) {
    try {
      double value = Double.parseDouble(text);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "'" + text + "' in the block weights '" + whole + "' is no number.");
  }

  private String known() {
    return names.all().stream().map(BlockName::toString).collect(Collectors.joining(", "));
  }
}
