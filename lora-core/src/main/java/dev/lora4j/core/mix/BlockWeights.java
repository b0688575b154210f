package dev.lora4j.core.mix;

import dev.lora4j.core.format.BlockName;
import dev.lora4j.core.format.BlockNames;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
 * BASE:0,IN:0.5,OUT03-05:0.2,IN05-OUT05:1}, where {@code IN} is all blocks that begin so, a range
 * goes from one block to another in the order of the data, later entries go before earlier ones,
 * and blocks that are not named count fully.
 *
 * <p>Or one number for each block of a list that the A1111 extension LoRA Block Weight knows: 17 or
 * 26 for Stable Diffusion 1 and 2, 12 or 20 for XL, 61 for FLUX. As there, numbered blocks that a
 * list lacks count nothing, and layers outside of them fully.
 */
public final class BlockWeights {
  private static final Pattern ENTRY =
      Pattern.compile("([A-Z]+\\d{0,2})(?:-([A-Z]+\\d{0,2}|\\d{1,2}))?:([^:]*)");
  private static final String LIST = "[-+.0-9eE,\\s]+";
  private static final Pattern BLOCK = Pattern.compile("([A-Z]+)(\\d*)");

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
  public static SiteWeights of(String text, SiteCatalogue sites) {
    BlockWeights weights = new BlockWeights(new BlockNames(sites));
    if (text.matches(LIST)) {
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
    return new SiteWeights(text, bySite);
  }

  /**
   * Checks the form, as far as possible without a base.
   *
   * @throws IllegalArgumentException if the text is neither form
   */
  public static void requireForm(String text) {
    if (text.matches(LIST)) {
      for (String number : text.split(",", -1)) {
        number(number.strip(), text);
      }
    } else {
      for (String entry : text.split(",", -1)) {
        form(entry.strip());
      }
    }
  }

  private void list(String text) {
    List<Double> numbers =
        Arrays.stream(text.split(",", -1)).map(n -> number(n.strip(), text)).toList();
    List<BlockName> blocks = new ArrayList<>();
    for (String range : names.lists().getOrDefault(numbers.size(), List.of())) {
      String[] ends = range.split("-", -1);
      blocks.addAll(ends.length == 1 ? named(range) : between(ends[0], ends[1], range));
    }
    if (blocks.size() != numbers.size()) {
      throw new IllegalArgumentException(
          "A list of "
              + numbers.size()
              + " block weights fits none of the lists that are known for this base; its blocks are"
              + " "
              + known()
              + ", and BLOCK:WEIGHT names them one by one.");
    }
    names.all().stream()
        .filter(block -> block.part().numbered())
        .forEach(block -> shares.put(block, 0.0));
    for (int i = 0; i < numbers.size(); i++) {
      shares.put(blocks.get(i), numbers.get(i));
    }
  }

  /** The parts of an entry, whose weight is a number. */
  private static Matcher form(String entry) {
    Matcher form = ENTRY.matcher(entry);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "Block weights are written BLOCK:WEIGHT, for example BASE:0,IN:0.5,OUT03-05:0.2; found '"
              + entry
              + "'.");
    }
    number(form.group(3), entry);
    return form;
  }

  private void entry(String entry) {
    Matcher form = form(entry);
    double share = number(form.group(3), entry);
    List<BlockName> blocks =
        form.group(2) == null
            ? named(form.group(1))
            : between(form.group(1), form.group(2), entry.substring(0, entry.indexOf(':')));
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException(
          "This base has no block '"
              + entry.substring(0, entry.indexOf(':'))
              + "'; its blocks are "
              + known()
              + ".");
    }
    blocks.forEach(block -> shares.put(block, share));
  }

  /** One block, or all whose names begin with these letters; none if there is no such block. */
  private List<BlockName> named(String name) {
    Matcher wanted = BLOCK.matcher(name);
    boolean group = wanted.matches() && wanted.group(2).isEmpty();
    List<BlockName> found = new ArrayList<>();
    for (BlockName block : names.all()) {
      Matcher has = BLOCK.matcher(block.toString());
      if (wanted.matches() && has.matches() && has.group(1).equals(wanted.group(1))) {
        if (group || (!has.group(2).isEmpty() && number(has) == number(wanted))) {
          found.add(block);
        }
      }
    }
    return found;
  }

  private static int number(Matcher block) {
    return Integer.parseInt(block.group(2));
  }

  /**
   * All blocks from one to another in either order; none if the base lacks one of them.
   *
   * @param to may leave the letters out, which are then those of the other
   */
  private List<BlockName> between(String from, String to, String range) {
    String letters = from.replaceAll("\\d", "");
    List<BlockName> all = List.copyOf(names.all());
    List<Integer> ends = new ArrayList<>();
    for (String end : List.of(from, to.matches("\\d+") ? letters + to : to)) {
      List<BlockName> found = named(end);
      if (found.size() > 1) {
        throw new IllegalArgumentException(
            "'"
                + range
                + "' is no range, as "
                + end
                + " is several blocks; it goes from one to another, as in OUT03-05 or IN05-OUT05.");
      }
      found.forEach(block -> ends.add(all.indexOf(block)));
    }
    return ends.size() < 2
        ? List.of()
        : all.subList(Collections.min(ends), Collections.max(ends) + 1);
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
