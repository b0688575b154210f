package dev.lora4j.hub.source;

import java.net.URI;

/**
 * A file at an address of any host.
 *
 * @param address without a fragment
 * @param file last segment of its path, decoded; empty if there is none
 */
public record LinkSource(URI address, String file) implements PullSource {
  /**
   * The file at a link.
   *
   * @throws IllegalArgumentException if its name says that it is none that is fetched
   */
  static LinkSource of(Link link) {
    String file = link.segments().isEmpty() ? "" : link.segments().get(link.segments().size() - 1);
    FileEndings.refusal(file)
        .ifPresent(
            text -> {
              throw new IllegalArgumentException(text);
            });
    String bare = link.address().toString().replaceFirst("#.*", "");
    return new LinkSource(URI.create(bare), file);
  }

  @Override
  public String text() {
    return Links.shown(address);
  }
}
