package dev.lora4j.spark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A master of Spark and two workers, in processes of their own and at addresses of their own: Spark
 * starts no second task on the host that has the first.
 */
final class StandaloneCluster implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final String HOST = "127.0.0.1";
  private static final List<String> WORKERS = List.of("127.0.0.2", "127.0.0.3");
  private static final long PATIENCE_SECONDS = 60;

  private final List<Process> processes = new ArrayList<>();
  private final int port;

  private StandaloneCluster(int port) {
    this.port = port;
  }

  static StandaloneCluster start(Path folder) throws IOException, InterruptedException {
    StandaloneCluster cluster = new StandaloneCluster(freePort());
    try {
      cluster.start(
          folder.resolve("master.log"),
          "org.apache.spark.deploy.master.Master",
          List.of("--host", HOST, "--port", Integer.toString(cluster.port)));
      cluster.await();
      for (String host : WORKERS) {
        List<String> words =
            List.of(
                "--host",
                host,
                "--port",
                "0",
                "--cores",
                "1",
                "--memory",
                "1g",
                "--work-dir",
                folder.resolve(host).toString(),
                cluster.address());
        cluster.start(
            folder.resolve(host + ".log"), "org.apache.spark.deploy.worker.Worker", words);
      }
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      return socket.getLocalPort();
    }
  }

  private void start(Path log, String program, List<String> words) throws IOException {
    List<String> all = new ArrayList<>();
    all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    all.addAll(List.of("@" + Path.of("../cli/launcher/spark.options"), "-Xmx256m"));
    all.addAll(List.of("-cp", System.getProperty("java.class.path"), program));
    all.addAll(List.of("--webui-port", "0"));
    all.addAll(words);
    processes.add(
        new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log.toFile()).start());
  }

  private void await() throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      try {
        new Socket(LOOPBACK, port).close();
        return;
      } catch (IOException e) {
        assertTrue(System.nanoTime() < until, "no master at " + address());
        Thread.sleep(100);
      }
    }
  }

  String address() {
    return "spark://" + HOST + ":" + port;
  }

  @Override
  public void close() {
    // Workers end their executors.
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
  }
}
