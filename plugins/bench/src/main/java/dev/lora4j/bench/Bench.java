package dev.lora4j.bench;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.core.tensor.Engine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tools of a case: the engine, the user's options, and a folder for its files. */
public final class Bench {
  private final String name;
  private final Options options;
  private final Tools tools;

  /**
   * Options of the user.
   *
   * @param rounds how often everybody has a turn
   * @param seconds of measured time for a case, all contenders together
   * @param python an interpreter that has PyTorch; empty if there is to be no such peer
   */
  record Options(int rounds, double seconds, Optional<String> python) {}

  /** Tools that all cases of a command share. */
  record Tools(
      Console console, Engine engine, Ceilings ceilings, Steadiness steadiness, Path folder) {}

  Bench(String name, Options options, Tools tools) {
    this.name = name;
    this.options = options;
    this.tools = tools;
  }

  /** Benchmark and case, as results are named. */
  public String name() {
    return name;
  }

  /** The engine, on as many threads as all contenders have to use. */
  public Engine engine() {
    return tools.engine;
  }

  /** Number of turns of each contender; at least one. */
  public int rounds() {
    return options.rounds;
  }

  /** Measured time for the case, all contenders together. */
  public double seconds() {
    return options.seconds;
  }

  /** Ceilings: the speed that this machine can reach. */
  public Ceilings ceilings() {
    return tools.ceilings;
  }

  /** A folder for files that contenders share; removed after the command. */
  public Path folder() {
    return tools.folder;
  }

  /** Checks whether the machine is quiet, which takes some milliseconds; to be done each round. */
  public void lookAround() {
    tools.steadiness.sample();
  }

  /** Shows how many {@code unit}s of {@link #rounds} are done. */
  public Progress progress(String unit) {
    return tools.console.progress(name, options.rounds, unit);
  }

  /** Begins a race; {@code ours} is closed with it. */
  public Race race(Contender ours) {
    return new Race(this, ours);
  }

  /** Prints a note about this case for the user. */
  public void note(String text) {
    tools.console.note(name + ": " + text);
  }

  /** True if the user named a Python interpreter; if not, a note says which peers are left out. */
  public boolean hasPython() {
    if (options.python.isEmpty()) {
      note("PyTorch in Python is left out; --peer PYTHON adds it.");
    }
    return options.python.isPresent();
  }

  /**
   * A peer that is a Python script, run by the interpreter that the user named.
   *
   * @param beside the class whose resource the script is
   * @param script its name, for example {@code chain.py}
   * @param arguments for the script; {@code --threads} is put before them
   * @return empty if the user named none
   */
  public Optional<Contender> python(Class<?> beside, String script, String... arguments) {
    if (!hasPython()) {
      return Optional.empty();
    }
    String python = options.python.orElseThrow();
    PeerScript.unpack(PeerScript.class, "peer.py", tools.folder);
    Path file = PeerScript.unpack(beside, script, tools.folder);
    List<String> command =
        new ArrayList<>(
            List.of(python, file.toString(), "--threads", Integer.toString(engine().threads())));
    command.addAll(List.of(arguments));
    return Optional.of(PeerProcess.start(command, engine().threads()));
  }

  /**
   * A Python script yet to be started, by the interpreter that the user named.
   *
   * @param beside the class whose resource the script is
   * @param arguments for the script; {@code --threads} is put before them
   * @return empty if the user named none
   */
  public Optional<ProcessBuilder> script(Class<?> beside, String script, String... arguments) {
    if (!hasPython()) {
      return Optional.empty();
    }
    List<String> command = new ArrayList<>();
    command.add(options.python.orElseThrow());
    command.add(PeerScript.unpack(beside, script, tools.folder).toString());
    command.addAll(List.of("--threads", Integer.toString(engine().threads())));
    command.addAll(List.of(arguments));
    return Optional.of(PeerEnvironment.THEIRS.process(command, engine().threads()));
  }

  /** A program of ours yet to be started, with the settings that this one was started with. */
  public ProcessBuilder program(Class<?> main, String... arguments) {
    int threads = engine().threads();
    return PeerEnvironment.OURS.process(JavaPeer.launched(main, threads, arguments), threads);
  }

  /**
   * The start of a Python script until it prints a line.
   *
   * @param beside the class whose resource the script is
   * @return empty if the user named no interpreter
   */
  public Optional<Contender> launchPython(
      Class<?> beside, String script, String line, String... arguments) {
    if (options.python.isEmpty()) {
      return Optional.empty();
    }
    List<String> command = new ArrayList<>();
    command.add(options.python.get());
    command.add(PeerScript.unpack(beside, script, tools.folder).toString());
    command.addAll(List.of(arguments));
    return Optional.of(
        new Launch("Python", command, engine().threads(), line, PeerEnvironment.THEIRS));
  }

  /** The start of a program of ours, until it prints a line. */
  public Contender launch(Class<?> main, String line, String... arguments) {
    int threads = engine().threads();
    List<String> command = JavaPeer.java(main, threads, arguments);
    return new Launch("lora4j", command, threads, line, PeerEnvironment.OURS);
  }

  /**
   * A contender of this program in a process of its own.
   *
   * @param type has a public constructor for one string
   * @param argument that string
   */
  public Contender java(Class<? extends Contender> type, String argument) {
    int threads = engine().threads();
    List<String> command = JavaPeer.command(type, argument, threads);
    return PeerProcess.start(command, threads, PeerEnvironment.OURS);
  }

  /**
   * The same with threads of its own choice, and more in its environment.
   *
   * @param environment variables by name
   */
  public Contender java(
      Class<? extends Contender> type, String argument, Map<String, String> environment) {
    int threads = engine().threads();
    List<String> command = JavaPeer.command(type, argument, threads);
    ProcessBuilder prepared = PeerEnvironment.OURS.process(command, threads);
    prepared.environment().remove("OMP_NUM_THREADS");
    prepared.environment().putAll(environment);
    return PeerProcess.start(prepared);
  }
}
