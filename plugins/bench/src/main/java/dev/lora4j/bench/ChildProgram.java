package dev.lora4j.bench;

import dev.lora4j.cli.Main;

/** This program in a process of its own. */
public final class ChildProgram {
  private ChildProgram() {}

  /** The program with arguments, as its launcher starts it, yet to be started. */
  public static ProcessBuilder prepared(String... arguments) {
    int threads = Runtime.getRuntime().availableProcessors();
    return PeerEnvironment.OURS.process(JavaPeer.launched(Main.class, threads, arguments), threads);
  }
}
