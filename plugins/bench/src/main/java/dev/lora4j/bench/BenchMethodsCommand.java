package dev.lora4j.bench;

import dev.lora4j.bench.methods.MethodsCommand;
import dev.lora4j.cli.Main;

/** Compares methods of adapting, each command line in a process as the launcher starts it. */
@picocli.CommandLine.Command(name = "methods")
public final class BenchMethodsCommand extends MethodsCommand {
  @Override
  protected ProcessBuilder program(String... arguments) {
    int threads = Runtime.getRuntime().availableProcessors();
    return PeerEnvironment.OURS.process(JavaPeer.launched(Main.class, threads, arguments), threads);
  }
}
