package dev.lora4j.hub.web;

import dev.lora4j.hub.source.Links;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/**
 * Gets what is at addresses: follows redirects where that is safe, tries again what may succeed
 * later, and explains what does not.
 */
public final class WebClient {
  private static final int MOST_REDIRECTS = 5;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final HttpClient client;
  private final WebOptions options;
  private final AddressRule addresses;
  private final String agent;
  private final Consumer<String> notes;

  /**
   * A client that has no connection yet.
   *
   * @param agent what it calls itself
   * @param notes gets a sentence when it waits
   */
  public WebClient(WebOptions options, String agent, Consumer<String> notes) {
    this.options = options;
    this.addresses = options.addresses();
    this.agent = agent;
    this.notes = notes;
    // HTTP/1.1 has a connection for each file, which a cancelled transfer ends; over HTTP/2 Java's
    // client is no faster with one.
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(options.patience())
            .build();
  }

  /**
   * The answer to a request.
   *
   * @return with a status that the request accepts; close it
   * @throws HubException if there is none; the message says what to do
   * @throws InterruptedException if the thread was interrupted meanwhile
   */
  public WebResponse get(WebRequest request) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      boolean last = attempt >= options.attempts();
      Duration wait = options.waitAfter(attempt);
      try {
        WebResponse response = followed(request);
        if (request.accepted().contains(response.status())) {
          requireBare(response);
          return response;
        }
        response.close();
        if (last || !RetryRule.later(response.status())) {
          throw Refusals.of(request, response);
        }
        wait = RetryRule.asked(response.header("Retry-After"), Instant.now()).orElse(wait);
        requireShort(request, wait);
        tell(request, "answers with status " + response.status(), wait, attempt);
      } catch (SSLException | UnknownHostException e) {
        throw Refusals.unreachable(request, e);
      } catch (IOException e) {
        if (last) {
          throw Refusals.unreachable(request, e);
        }
        tell(request, "cannot be reached", wait, attempt);
      }
      options.pause().take(wait);
    }
  }

  /**
   * The same, where the answer must not be a web page.
   *
   * @throws HubException if it is one, or there is no answer
   */
  public WebResponse file(WebRequest request) throws InterruptedException {
    WebResponse response = get(request);
    if (response.page()) {
      response.close();
      throw Refusals.page(request, response);
    }
    return response;
  }

  /**
   * All bytes of a small answer, which is no web page; asked for again where the connection is cut.
   *
   * @throws HubException if there is none, or it has more than {@code most} bytes
   * @throws InterruptedException if the thread was interrupted meanwhile
   */
  public byte[] bytes(WebRequest request, int most) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try (WebResponse response = file(request)) {
        return response.bytes(most);
      } catch (IOException e) {
        if (attempt == options.attempts()) {
          throw Refusals.unreachable(request, e);
        }
        pause(request, attempt);
      }
    }
  }

  /** Waits after a cut connection, before the transfer goes on. */
  public void pause(WebRequest request, int attempt) throws InterruptedException {
    Duration wait = options.waitAfter(attempt);
    tell(request, "ended the connection early", wait, attempt);
    options.pause().take(wait);
  }

  /** How often a transfer may be cut without a byte between. */
  public int attempts() {
    return options.attempts();
  }

  /** What to throw where a transfer was cut too often. */
  public HubException cut(WebRequest request, IOException thrown) {
    return Refusals.unreachable(request, thrown);
  }

  /** What is packed on the way has neither the length nor the ranges of the file. */
  private static void requireBare(WebResponse response) {
    String packed = response.header("Content-Encoding").orElse("identity");
    if (!packed.isEmpty() && !packed.equalsIgnoreCase("identity")) {
      response.close();
      throw new HubException(
          response.address().getHost()
              + " sends the file packed as "
              + packed
              + ", although it was asked for it as it is. Get it by a browser.");
    }
  }

  private void requireShort(WebRequest request, Duration wait) {
    if (wait.compareTo(options.longestWait()) > 0) {
      throw new HubException(
          request.address().getHost()
              + " asks to wait for "
              + wait.toSeconds()
              + " s. The same command goes on then.");
    }
  }

  private void tell(WebRequest request, String what, Duration wait, int attempt) {
    notes.accept(
        request.address().getHost()
            + " "
            + what
            + "; attempt "
            + (attempt + 1)
            + " of "
            + options.attempts()
            + " in "
            + wait.toSeconds()
            + " s.");
  }

  private WebResponse followed(WebRequest request) throws IOException, InterruptedException {
    URI address = request.address();
    List<HttpHeaders> hops = new ArrayList<>();
    for (int redirects = 0; ; redirects++) {
      addresses.require(address);
      HttpResponse<BodyStream> answer =
          client.send(built(request, address), info -> new BodyStream());
      hops.add(answer.headers());
      Optional<String> location = answer.headers().firstValue("Location");
      if (!REDIRECTS.contains(answer.statusCode()) || location.isEmpty()) {
        return new WebResponse(answer, hops, options.patience());
      }
      answer.body().close();
      if (redirects == MOST_REDIRECTS) {
        throw new HubException(
            Links.shown(request.address())
                + " sends on more than "
                + MOST_REDIRECTS
                + " times; that leads nowhere.");
      }
      address = target(address, location.get());
    }
  }

  private HttpRequest built(WebRequest request, URI address) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(address)
            .timeout(options.patience())
            .header("User-Agent", agent)
            .header("Accept-Encoding", "identity");
    request.headers().forEach(builder::header);
    request.site().authorization(address).ifPresent(h -> builder.header("Authorization", h));
    return builder.build();
  }

  private static URI target(URI from, String location) {
    try {
      return from.resolve(location.strip());
    } catch (IllegalArgumentException e) {
      // The exception's message has the whole address, which may hold a signature.
      throw new HubException(from.getHost() + " sends on to what is no address.");
    }
  }
}
