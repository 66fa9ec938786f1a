package dev.taskstop.spring;

import java.util.List;
import org.springframework.beans.factory.config.ConstructorArgumentValues;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/** Defines a bean for each sweep of the properties. */
final class SweepRegistrar implements ImportBeanDefinitionRegistrar {

    private final Environment environment;

    SweepRegistrar(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        List<String> names = WrittenSweeps.names(environment);
        for (int i = 0; i < names.size(); i++) {
            RootBeanDefinition definition = new RootBeanDefinition(SweepLifecycle.class);
            definition.setAutowireMode(RootBeanDefinition.AUTOWIRE_CONSTRUCTOR);
            ConstructorArgumentValues arguments = definition.getConstructorArgumentValues();
            arguments.addIndexedArgumentValue(0, i);
            arguments.addIndexedArgumentValue(1, names.size());
            registry.registerBeanDefinition("taskstopSweep." + names.get(i), definition);
        }
    }
}
