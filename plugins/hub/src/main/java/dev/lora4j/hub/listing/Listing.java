package dev.lora4j.hub.listing;

import dev.lora4j.hub.source.CivitaiSource;
import dev.lora4j.hub.source.HuggingFaceSource;
import dev.lora4j.hub.source.LinkSource;
import dev.lora4j.hub.source.PullSource;
import dev.lora4j.hub.web.HubException;
import dev.lora4j.hub.web.Site;
import dev.lora4j.hub.web.WebClient;
import java.util.List;
import java.util.function.Consumer;

/** Finds the adapters of sources. */
public final class Listing {
  private final WebClient client;
  private final Site huggingFace;
  private final Site civitai;
  private final Consumer<String> notes;

  /**
   * A listing by what the two hubs reply.
   *
   * @param notes gets a sentence where one of several files is taken
   */
  public Listing(WebClient client, Site huggingFace, Site civitai, Consumer<String> notes) {
    this.client = client;
    this.huggingFace = huggingFace;
    this.civitai = civitai;
    this.notes = notes;
  }

  /**
   * The adapters of a source that are wanted, one at least.
   *
   * @throws HubException if there is none, or it is not clear which
   * @throws InterruptedException if the thread was interrupted meanwhile
   */
  public List<RemoteAdapter> find(PullSource source, FileSelection selection)
      throws InterruptedException {
    if (source instanceof HuggingFaceSource repository) {
      return HuggingFaceListing.of(client, huggingFace, repository, selection);
    }
    if (source instanceof CivitaiSource model) {
      return CivitaiListing.of(client, civitai, model, selection, notes);
    }
    return LinkListing.of(client, (LinkSource) source, selection);
  }
}
