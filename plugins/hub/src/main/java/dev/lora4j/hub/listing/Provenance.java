package dev.lora4j.hub.listing;

import java.net.URI;
import java.util.List;

/**
 * Where an adapter is from, in the words of its hub and author. Texts that are not known are empty.
 *
 * @param source as the command line takes it
 * @param page for people
 * @param revision commit or version
 * @param title its name on its page
 * @param licence under which it may be used
 * @param baseModel that it was trained on
 * @param triggerWords words of prompts that it reacts to
 * @param description plain text
 * @param previews pictures that show it, the best first
 */
public record Provenance(
    String source,
    String page,
    String revision,
    String title,
    String author,
    String licence,
    String baseModel,
    List<String> triggerWords,
    String description,
    List<URI> previews) {
  /** Copies the lists. */
  public Provenance {
    triggerWords = List.copyOf(triggerWords);
    previews = List.copyOf(previews);
  }

  /** A source of which nothing else is known. */
  public static Provenance of(String source, String page) {
    return new Provenance(source, page, "", "", "", "", "", List.of(), "", List.of());
  }

  /** A copy with another revision. */
  public Provenance withRevision(String other) {
    return new Provenance(
        source,
        page,
        other,
        title,
        author,
        licence,
        baseModel,
        triggerWords,
        description,
        previews);
  }

  /** A copy with title, author and licence. */
  public Provenance withWork(String name, String by, String terms) {
    return new Provenance(
        source, page, revision, name, by, terms, baseModel, triggerWords, description, previews);
  }

  /** A copy with the base and the words that the adapter needs. */
  public Provenance withUse(String base, List<String> words) {
    return new Provenance(
        source, page, revision, title, author, licence, base, words, description, previews);
  }

  /** A copy with a description. */
  public Provenance withDescription(String text) {
    return new Provenance(
        source, page, revision, title, author, licence, baseModel, triggerWords, text, previews);
  }

  /** A copy with pictures. */
  public Provenance withPreviews(List<URI> pictures) {
    return new Provenance(
        source,
        page,
        revision,
        title,
        author,
        licence,
        baseModel,
        triggerWords,
        description,
        pictures);
  }
}
