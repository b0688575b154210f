package dev.lora4j.hub;

import dev.lora4j.hub.listing.Listing;
import dev.lora4j.hub.listing.RemoteAdapter;
import dev.lora4j.hub.source.HubAddresses;
import dev.lora4j.hub.source.LinkSource;
import dev.lora4j.hub.source.Loopback;
import dev.lora4j.hub.source.PullRequest;
import dev.lora4j.hub.store.AdapterFetch;
import dev.lora4j.hub.store.SafeName;
import dev.lora4j.hub.web.HubException;
import dev.lora4j.hub.web.Site;
import dev.lora4j.hub.web.WebClient;
import dev.lora4j.hub.web.WebOptions;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;

/**
 * Fetches adapters of others into a library. What has arrived when it ends early, by a cut
 * connection, an interrupt or a kill, is kept; the same request then goes on from there.
 *
 * <p>It works in the calling thread, which an interrupt stops. Several may work at once, also on
 * one library.
 */
public final class Pull {
  private final PullOptions options;
  private final PullListener listener;

  /** A pull that has not begun. */
  public Pull(PullOptions options, PullListener listener) {
    this.options = options;
    this.listener = listener;
  }

  /**
   * The adapters that {@link #run} would fetch, under the names that they would have.
   *
   * @throws HubException if there are none, or it is not clear which
   * @throws CancellationException if the thread was interrupted
   */
  public List<RemoteAdapter> find(PullRequest request) {
    try {
      return named(request, found(request));
    } catch (InterruptedException e) {
      CancellationException stopped = new CancellationException("Stopped before the hub replied.");
      stopped.initCause(e);
      throw stopped;
    }
  }

  /**
   * Fetches adapters.
   *
   * @return them, in the order of the source
   * @throws HubException if one cannot be had; those before it are there
   * @throws CancellationException if the thread was interrupted; the message says what is kept
   */
  public List<PulledAdapter> run(PullRequest request) {
    List<RemoteAdapter> adapters = find(request);
    AdapterFetch fetch =
        new AdapterFetch(client(request), options.store(), listener::progress, listener::note);
    List<PulledAdapter> pulled = new ArrayList<>();
    for (RemoteAdapter adapter : adapters) {
      try {
        Files.createDirectories(options.store().library());
        listener.begins(adapter, fetch.target(adapter));
        pulled.add(new PulledAdapter(adapter, fetch.run(adapter)));
      } catch (ClosedByInterruptException e) {
        CancellationException stopped =
            new CancellationException("Stopped. The same command goes on from there.");
        stopped.initCause(e);
        throw stopped;
      } catch (IOException e) {
        throw new HubException(fetch.target(adapter) + " cannot be written: " + reason(e) + ".", e);
      }
    }
    return List.copyOf(pulled);
  }

  private static String reason(IOException e) {
    return e instanceof FileSystemException file && file.getReason() != null
        ? file.getFile() + ": " + file.getReason()
        : e instanceof FileSystemException file
            ? "no permission, or no such folder: " + file.getFile()
            : String.valueOf(e.getMessage());
  }

  private List<RemoteAdapter> found(PullRequest request) throws InterruptedException {
    Listing listing =
        new Listing(client(request), options.huggingFace(), options.civitai(), listener::note);
    return listing.find(request.source(), options.selection());
  }

  private List<RemoteAdapter> named(PullRequest request, List<RemoteAdapter> found) {
    boolean several = found.size() > 1;
    if (several && (!options.name().isEmpty() || request.sha256().isPresent())) {
      throw new HubException(
          request.source().text()
              + " gives "
              + found.size()
              + " adapters, so that one name or SHA-256 does not fit. Name one file by --file.");
    }
    List<RemoteAdapter> named = new ArrayList<>();
    for (RemoteAdapter adapter : found) {
      String name =
          options.name().isEmpty() ? SafeName.of(adapter.name()) : SafeName.require(options.name());
      RemoteAdapter renamed = adapter.withName(name);
      named.add(request.sha256().map(digest -> expecting(renamed, digest)).orElse(renamed));
    }
    requireDistinct(request, named);
    return List.copyOf(named);
  }

  private static RemoteAdapter expecting(RemoteAdapter adapter, String digest) {
    adapter
        .tensors()
        .sha256()
        .filter(listed -> !listed.equals(digest))
        .ifPresent(
            listed -> {
              throw new HubException(
                  adapter.tensors().path()
                      + " is another file than expected: the hub lists SHA-256 "
                      + listed
                      + ", expected is "
                      + digest
                      + ".");
            });
    return adapter.withSha256(digest);
  }

  private static void requireDistinct(PullRequest request, List<RemoteAdapter> named) {
    List<String> names = new ArrayList<>();
    for (RemoteAdapter adapter : named) {
      String name = adapter.name().toLowerCase(Locale.ROOT);
      if (names.contains(name)) {
        throw new HubException(
            request.source().text()
                + " has two files that would both be called "
                + adapter.name()
                + " here. Take one after the other, by --file and --name.");
      }
      names.add(name);
    }
  }

  /** A client that knows which hosts the user named. */
  private WebClient client(PullRequest request) {
    WebOptions web = options.web();
    for (Site site : List.of(options.huggingFace(), options.civitai())) {
      boolean mirror =
          !site.address().equals(HubAddresses.DEFAULT.huggingFace())
              && !site.address().equals(HubAddresses.DEFAULT.civitai());
      web = mirror ? web.withHost(site.address().getHost()) : web;
    }
    if (request.source() instanceof LinkSource link && Loopback.named(link.address().getHost())) {
      web = web.withHost(link.address().getHost());
    }
    return new WebClient(web, options.agent(), listener::note);
  }
}
