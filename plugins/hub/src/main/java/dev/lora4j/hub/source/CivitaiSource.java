package dev.lora4j.hub.source;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A model on Civitai, or a version of it. One of the two numbers is there at least.
 *
 * @param model number of the model
 * @param version number of the version; none for the newest
 * @param variant what a link says about the file: {@code type}, {@code format}, {@code size},
 *     {@code fp}
 */
public record CivitaiSource(OptionalLong model, OptionalLong version, Map<String, String> variant)
    implements PullSource {
  /** The form that the command line takes. */
  static final String FORM = "civitai:MODEL[@VERSION], both of them numbers";

  private static final Pattern SHORT = Pattern.compile("(\\d{1,15})(?:\\s*@\\s*(\\d{1,15}))?");
  private static final Pattern AIR =
      Pattern.compile("urn:air:[^:]+:([^:]+):civitai:(\\d{1,15})@(\\d{1,15})");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,15}");
  private static final Set<String> VARIANT = Set.of("type", "format", "size", "fp");

  /** Copies the map. */
  public CivitaiSource {
    variant = Map.copyOf(variant);
    if (model.isEmpty() && version.isEmpty()) {
      throw new IllegalArgumentException("Expected " + FORM + ".");
    }
  }

  /** Reads what stands behind {@code civitai:}. */
  static CivitaiSource parse(String text) {
    Matcher numbers = SHORT.matcher(text.strip());
    if (!numbers.matches()) {
      throw new IllegalArgumentException(
          "Expected " + FORM + ", as its page shows them behind AIR; found civitai:" + text + ".");
    }
    return new CivitaiSource(number(numbers.group(1)), number(numbers.group(2)), Map.of());
  }

  /** Reads the name that Civitai gives to a version everywhere. */
  static CivitaiSource parseAir(String text) {
    Matcher parts = AIR.matcher(text.strip());
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "Expected urn:air:BASE:lora:civitai:MODEL@VERSION, found " + text + ".");
    }
    return new CivitaiSource(number(parts.group(2)), number(parts.group(3)), Map.of());
  }

  private static OptionalLong number(@Nullable String digits) {
    return digits == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(digits));
  }

  /** Reads a link to the hub's pages or downloads. */
  static CivitaiSource of(List<String> segments, Map<String, String> query) {
    if (query.containsKey("token")) {
      throw new IllegalArgumentException(
          "The link holds a token, which the history of your shell would keep. Leave it out, and put"
              + " the token into the environment variable CIVITAI_API_TOKEN or a file for"
              + " --token-file.");
    }
    String path = String.join("/", segments);
    if (path.matches("models/\\d{1,15}(/[^/]*)?")) {
      String version = query.get("modelVersionId");
      return new CivitaiSource(
          digits(segments.get(1)),
          version == null ? OptionalLong.empty() : digits(version),
          Map.of());
    }
    if (path.matches("api/download/models/\\d{1,15}")) {
      Map<String, String> variant = new TreeMap<>(query);
      if (!VARIANT.containsAll(variant.keySet())) {
        variant.keySet().removeAll(VARIANT);
        throw new IllegalArgumentException(
            "The link says "
                + String.join(", ", variant.keySet())
                + ", of which it is not known which file it means. Take the link of the model's"
                + " page, and name the file by --file.");
      }
      return new CivitaiSource(OptionalLong.empty(), digits(segments.get(3)), variant);
    }
    if (path.matches("(api/v1/)?model-versions/\\d{1,15}")) {
      String last = segments.get(segments.size() - 1);
      return new CivitaiSource(OptionalLong.empty(), digits(last), Map.of());
    }
    throw new IllegalArgumentException(
        "The link leads to no model on Civitai; open the adapter's page, or write " + FORM + ".");
  }

  private static OptionalLong digits(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' in the link is no number of a version. Expected " + FORM + ".");
    }
    return OptionalLong.of(Long.parseLong(text));
  }

  @Override
  public String text() {
    if (model.isEmpty()) {
      String query =
          new TreeMap<>(variant)
              .entrySet().stream()
                  .map(e -> e.getKey() + "=" + e.getValue().replace(" ", "%20"))
                  .collect(Collectors.joining("&"));
      return "https://civitai.com/api/download/models/"
          + version.orElseThrow()
          + (query.isEmpty() ? "" : "?" + query);
    }
    return "civitai:" + model.getAsLong() + (version.isPresent() ? "@" + version.getAsLong() : "");
  }
}
