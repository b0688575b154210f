package dev.lora4j.hub.source;

import java.net.URI;

/**
 * Addresses of the hubs, or of mirrors of them.
 *
 * @param huggingFace without a slash at its end
 * @param civitai without a slash at its end
 */
public record HubAddresses(URI huggingFace, URI civitai) {
  /** The hubs' own addresses. */
  public static final HubAddresses DEFAULT =
      new HubAddresses(URI.create("https://huggingface.co"), URI.create("https://civitai.com"));

  /** These addresses with another for Hugging Face. */
  public HubAddresses withHuggingFace(String address) {
    return new HubAddresses(hub(address), civitai);
  }

  /** These addresses with another for Civitai. */
  public HubAddresses withCivitai(String address) {
    return new HubAddresses(huggingFace, hub(address));
  }

  private static URI hub(String address) {
    Link link = Link.parse(address.replaceFirst("/+$", ""));
    if (!link.query().isEmpty() || link.address().getRawFragment() != null) {
      throw new IllegalArgumentException(
          "The address of a hub ends with its host or path; found " + link.shown() + ".");
    }
    return link.address();
  }
}
