package dev.taskstop.benchmarks;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The runs of a comparison. */
final class Results {

    private final Map<Protocol, Map<Contenders, List<Measurement>>> runs = new EnumMap<>(Protocol.class);

    void add(Protocol protocol, Contenders contender, Measurement run) {
        runs.computeIfAbsent(protocol, it -> new EnumMap<>(Contenders.class))
                .computeIfAbsent(contender, it -> new ArrayList<>())
                .add(run);
    }

    List<Protocol> protocols() {
        return List.copyOf(runs.keySet());
    }

    boolean has(Contenders contender) {
        return runs.values().stream().anyMatch(it -> it.containsKey(contender));
    }

    Optional<Medians> medians(Protocol protocol, Contenders contender) {
        return Optional.ofNullable(runs.getOrDefault(protocol, Map.of()).get(contender))
                .map(Medians::of);
    }
}
