package dev.lora4j.server.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.server.guard.AccessToken;
import dev.lora4j.server.guard.GuardOptions;
import dev.lora4j.server.guard.RequestGuard;
import dev.lora4j.server.guard.TokenFile;
import dev.lora4j.server.http.HttpServer;
import dev.lora4j.server.http.Routes;
import dev.lora4j.server.http.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of where a server listens, and whom it admits. */
final class ListenOptions {
  private static final int HIGHEST_PORT = 65535;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port (default: ${DEFAULT-VALUE}); 0 for any that is free.",
      defaultValue = "7860")
  int port;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      description =
          "Listen at an address that other machines reach, such as 0.0.0.0 or 192.168.1.5, instead"
              + " of at this machine's own alone; needs --token-file.")
  private List<String> addresses = new ArrayList<>();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "Admit clients with a token alone: a line NAME TOKEN for each, or NAME sha256:HEX. The name"
              + " is that of the tenant.")
  private Optional<Path> tokenFile = Optional.empty();

  @Option(
      names = "--allowed-host",
      paramLabel = "NAME",
      description =
          "Name by which clients ask for this machine, beside localhost. May be given several times.")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--allowed-origin",
      paramLabel = "ORIGIN",
      description =
          "Page of another server that may use this one, such as https://example.org. May be given"
              + " several times.")
  private List<String> origins = new ArrayList<>();

  private List<AccessToken> tokens = List.of();
  private List<InetAddress> places = List.of();

  /** Refuses what cannot be meant, before anything slow begins. */
  void require(Console console) {
    if (port < 0 || port > HIGHEST_PORT) {
      throw Failure.usage("--port must be 0 to " + HIGHEST_PORT + ", found " + port + ".");
    }
    if (!addresses.isEmpty() && tokenFile.isEmpty()) {
      throw Failure.usage(
          "--listen lets other machines in, so it needs --token-file: a file with a line NAME TOKEN"
              + " for each client.");
    }
    places = addresses();
    if (tokenFile.isPresent()) {
      try {
        TokenFile read = TokenFile.read(tokenFile.get());
        read.warnings().forEach(console::note);
        tokens = read.tokens();
      } catch (IOException e) {
        throw new Failure(String.valueOf(e.getMessage()), e);
      }
    }
    Failure.usage(this::guard);
  }

  private List<InetAddress> addresses() {
    List<InetAddress> all = new ArrayList<>();
    for (String address : addresses) {
      try {
        all.add(InetAddress.getByName(address));
      } catch (UnknownHostException e) {
        throw new Failure("--listen: there is no address " + address + ".", e);
      }
    }
    return all;
  }

  private RequestGuard guard() {
    List<String> names = new ArrayList<>(hosts);
    addresses.forEach(names::add);
    return RequestGuard.of(
        GuardOptions.strict()
            .requireToken(!tokens.isEmpty())
            .tokens(tokens)
            .hosts(names)
            .origins(origins));
  }

  /** Begins to listen. */
  HttpServer open(Routes routes) throws IOException {
    ServerOptions options = ServerOptions.loopback(port);
    return HttpServer.open(places.isEmpty() ? options : options.addresses(places), guard(), routes);
  }

  /** What to tell the user once it listens. */
  String address(int open) {
    String host =
        addresses.isEmpty()
            ? "127.0.0.1"
            : addresses.get(0).contains(":") ? "[" + addresses.get(0) + "]" : addresses.get(0);
    return "Serving at http://"
        + host
        + ":"
        + open
        + (tokens.isEmpty() ? ", for programs of this machine." : ", for clients with a token.")
        + " Ctrl-C stops it.";
  }

  /** Why it could not listen. */
  String trouble(IOException e) {
    return "Cannot listen at port "
        + port
        + ": "
        + e.getMessage()
        + ". Another program may use it; --port 0 takes any that is free.";
  }
}
