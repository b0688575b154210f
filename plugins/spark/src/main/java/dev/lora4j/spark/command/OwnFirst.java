package dev.lora4j.spark.command;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * Classes of this program and of its libraries, where they are in its jars, and those of Spark's
 * program for all else. What both hand to each other is Spark's alone: Spark, Hadoop and Scala.
 */
final class OwnFirst extends URLClassLoader {
  static {
    registerAsParallelCapable();
  }

  private static final List<String> SHARED =
      List.of("java.", "org.apache.spark.", "org.apache.hadoop.", "scala.");
  private static final String SERVICES = "META-INF/services/";

  private final ClassLoader others;

  OwnFirst(List<URL> jars, ClassLoader others) {
    super("lora4j", jars.toArray(URL[]::new), others);
    this.others = others;
  }

  private static boolean shared(String name) {
    return SHARED.stream().anyMatch(name::startsWith);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (shared(name)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      if (known != null) {
        return known;
      }
      try {
        return findClass(name);
      } catch (ClassNotFoundException e) {
        return super.loadClass(name, resolve);
      }
    }
  }

  @Override
  public URL getResource(String name) {
    URL own = findResource(name);
    return own == null ? others.getResource(name) : own;
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    List<URL> all = new ArrayList<>(Collections.list(findResources(name)));
    /*
     * A service that both have is asked for by the classes of this program: those of the others do
     * not implement the interface that it has loaded, and one such would end the search.
     */
    boolean service = name.startsWith(SERVICES) && !shared(name.substring(SERVICES.length()));
    if (all.isEmpty() || !service) {
      all.addAll(Collections.list(others.getResources(name)));
    }
    return Collections.enumeration(all);
  }
}
