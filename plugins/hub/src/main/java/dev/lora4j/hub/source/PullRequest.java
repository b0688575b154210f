package dev.lora4j.hub.source;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A source as a user writes it.
 *
 * @param sha256 of the one file that is expected, in lower-case hexadecimal
 */
public record PullRequest(PullSource source, Optional<String> sha256) {
  private static final Pattern DIGEST = Pattern.compile("[0-9a-fA-F]{64}");
  private static final Pattern FRAGMENT = Pattern.compile("(?<kind>\\w+)[=:](?<digest>.*)");
  private static final Set<String> OTHER_DIGESTS = Set.of("md5", "sha1", "sha384", "sha512");
  private static final Set<String> HUGGING_FACE =
      Set.of("huggingface.co", "www.huggingface.co", "hf.co");
  private static final Set<String> CIVITAI =
      Set.of("civitai.com", "www.civitai.com", "civitai.green", "civitai.red");

  /** This request with a digest that the file must have. */
  public PullRequest withSha256(String digest) {
    if (!DIGEST.matcher(digest).matches()) {
      throw new IllegalArgumentException(
          "A SHA-256 has 64 hexadecimal digits; found '" + digest + "'.");
    }
    String expected = digest.toLowerCase(Locale.ROOT);
    if (sha256.filter(other -> !other.equals(expected)).isPresent()) {
      throw new IllegalArgumentException(
          "The link says SHA-256 " + sha256.get() + ", and the option " + expected + ".");
    }
    return new PullRequest(source, Optional.of(expected));
  }

  /**
   * Reads a source.
   *
   * @param hubs where links to hubs may lead, beside the hubs' own addresses
   * @throws IllegalArgumentException if it is none; the message says what to write
   */
  public static PullRequest parse(String text, HubAddresses hubs) {
    String name = text.strip();
    if (name.startsWith("hf:")) {
      return of(HuggingFaceSource.parse(name.substring("hf:".length())));
    }
    if (name.startsWith("civitai:")) {
      return of(CivitaiSource.parse(name.substring("civitai:".length())));
    }
    if (name.startsWith("urn:air:")) {
      return of(CivitaiSource.parseAir(name));
    }
    if (name.matches("[A-Za-z][A-Za-z0-9+.-]*:.*")) {
      return link(Link.parse(name), hubs);
    }
    throw new IllegalArgumentException(
        "'"
            + name
            + "' is no source. Write "
            + HuggingFaceSource.FORM
            + ", civitai:MODEL[@VERSION], or a link that begins with https://.");
  }

  private static PullRequest of(PullSource source) {
    return new PullRequest(source, Optional.empty());
  }

  private static PullRequest link(Link link, HubAddresses hubs) {
    PullRequest request = of(source(link, hubs));
    String fragment = link.address().getRawFragment();
    Matcher digest = FRAGMENT.matcher(fragment == null ? "" : fragment);
    if (!digest.matches()) {
      return request;
    }
    String kind = digest.group("kind").toLowerCase(Locale.ROOT);
    if (OTHER_DIGESTS.contains(kind)) {
      throw new IllegalArgumentException(
          "The link ends with #" + kind + "; files are checked by #sha256= alone.");
    }
    return kind.equals("sha256") ? request.withSha256(digest.group("digest")) : request;
  }

  private static PullSource source(Link link, HubAddresses hubs) {
    if (link.below(hubs.huggingFace())) {
      return HuggingFaceSource.of(link.segmentsBelow(hubs.huggingFace()));
    }
    if (link.below(hubs.civitai())) {
      return CivitaiSource.of(link.segmentsBelow(hubs.civitai()), link.query());
    }
    boolean hub = link.address().getPort() < 0;
    if (hub && HUGGING_FACE.contains(link.host())) {
      return HuggingFaceSource.of(link.segments());
    }
    if (hub && CIVITAI.contains(link.host())) {
      return CivitaiSource.of(link.segments(), link.query());
    }
    return LinkSource.of(link);
  }
}
