package dev.lora4j.hub;

import dev.lora4j.hub.listing.FileSelection;
import dev.lora4j.hub.source.HubAddresses;
import dev.lora4j.hub.store.StoreOptions;
import dev.lora4j.hub.web.Site;
import dev.lora4j.hub.web.WebOptions;
import java.nio.file.Path;

/**
 * What a pull takes from where, and where to.
 *
 * @param store the library
 * @param huggingFace with the user's token, if there is one
 * @param civitai with the user's token, if there is one
 * @param selection of files in a source
 * @param name of the adapter in the library; empty for its own
 * @param web how requests are made
 * @param agent as which servers see this program
 */
public record PullOptions(
    StoreOptions store,
    Site huggingFace,
    Site civitai,
    FileSelection selection,
    String name,
    WebOptions web,
    String agent) {
  /** Greatest number of bytes of a file, if nothing else is said. */
  public static final long MOST_BYTES = 8_000_000_000L;

  /** Options for a library, with the hubs' own addresses and without tokens. */
  public static PullOptions into(Path library) {
    HubAddresses hubs = HubAddresses.DEFAULT;
    return new PullOptions(
        new StoreOptions(library, false, true, MOST_BYTES),
        Site.huggingFace(hubs.huggingFace()),
        Site.civitai(hubs.civitai()),
        FileSelection.ONLY,
        "",
        WebOptions.DEFAULT,
        "lora4j");
  }

  /** A copy that stores otherwise. */
  public PullOptions withStore(StoreOptions other) {
    return new PullOptions(other, huggingFace, civitai, selection, name, web, agent);
  }

  /** A copy with other hubs. */
  public PullOptions withSites(Site forHuggingFace, Site forCivitai) {
    return new PullOptions(store, forHuggingFace, forCivitai, selection, name, web, agent);
  }

  /** A copy with other files. */
  public PullOptions withSelection(FileSelection other) {
    return new PullOptions(store, huggingFace, civitai, other, name, web, agent);
  }

  /** A copy with a name for the one adapter. */
  public PullOptions withName(String other) {
    return new PullOptions(store, huggingFace, civitai, selection, other, web, agent);
  }

  /** A copy whose requests are made otherwise. */
  public PullOptions withWeb(WebOptions other) {
    return new PullOptions(store, huggingFace, civitai, selection, name, other, agent);
  }

  /** A copy that calls itself otherwise. */
  public PullOptions withAgent(String other) {
    return new PullOptions(store, huggingFace, civitai, selection, name, web, other);
  }

  /** Addresses of the two hubs. */
  public HubAddresses hubs() {
    return new HubAddresses(huggingFace.address(), civitai.address());
  }
}
